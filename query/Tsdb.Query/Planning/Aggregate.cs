using Tsdb.Core;

namespace Tsdb.Query.Planning;

/// <summary>One aggregate of a grouped select.</summary>
/// <param name="Kind">What is computed.</param>
/// <param name="Type">Type of the outcome.</param>
/// <param name="Argument">Of what, over the scan's slots; null for count(*).</param>
/// <param name="Site">Where it stands in the statement, for errors while running.</param>
internal sealed record Aggregate(
    AggregateKind Kind, ResultType Type, BoundExpression? Argument, CallSite Site)
{
    /// <summary>The slot it reads when the argument is a bare column, else -1: then statistics may
    /// answer.</summary>
    public int DirectSlot => Argument is BoundSlot slot ? slot.Slot : -1;

    public string Describe() =>
        Kind == AggregateKind.CountRows ? "count(*)" : $"{Site.Name}({Argument!.Describe()})";
}
