using Tsdb.Core;

namespace Tsdb.Query.Planning;

/// <summary>One column of the select list, or a hidden one that only ordering or filling needs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expression">Over the slots of the stage before.</param>
/// <param name="IsTag">Whether it is a tag.</param>
/// <param name="IsAggregate">Whether it is computed from aggregates: FILL applies to it.</param>
internal sealed record OutputColumn(string Name, BoundExpression Expression, bool IsTag, bool IsAggregate)
{
    public ResultColumn ToResultColumn() => new(Name, Expression.Type, IsTag);
}
