using Tsdb.Query.Scan;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>What an accumulator is given of a block.</summary>
internal readonly ref struct AggregateInput(WordColumn column, ReadOnlySpan<long> timestampsNs)
{
    /// <summary>The argument; empty for count(*).</summary>
    public WordColumn Column { get; } = column;

    /// <summary>The rows' times; empty unless the accumulator reads them.</summary>
    public ReadOnlySpan<long> TimestampsNs { get; } = timestampsNs;
}
