namespace Tsdb.Query.Planning;

/// <summary>Grouping: its outcome has the keys as slots, then the aggregates.</summary>
internal sealed class GroupPlan
{
    /// <summary>What is grouped by, over the scan's slots; empty makes one group of all rows.</summary>
    public required IReadOnlyList<BoundExpression> Keys { get; init; }

    public required IReadOnlyList<Aggregate> Aggregates { get; init; }

    /// <summary>The key that is the SAMPLE BY bucket, or -1.</summary>
    public required int SampleKey { get; init; }

    /// <summary>The buckets that a limit leaves of interest; null when all are.</summary>
    public TopBuckets? Top { get; init; }

    /// <summary>Condition on groups, over the outcome's slots.</summary>
    public BoundExpression? Having { get; init; }
}
