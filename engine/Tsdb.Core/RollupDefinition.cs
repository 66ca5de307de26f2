namespace Tsdb.Core;

/// <summary>A tier of a table: for each series and span of time what its aggregates need.</summary>
/// <param name="RollupId">Its number within the table, from 1, never reused.</param>
/// <param name="EveryNs">Length of a bucket, ns; divides a day.</param>
/// <param name="ColumnIds">The fields it is for, ascending; null for all that are numbers.</param>
public sealed record RollupDefinition(int RollupId, long EveryNs, IReadOnlyList<int>? ColumnIds)
{
    /// <summary>The longest bucket; every shorter one divides it.</summary>
    public const long EveryNsMax = 86_400L * Timestamp.NsPerSecond;

    /// <summary>Whether it has a field, were it a number.</summary>
    public bool Covers(int columnId) => ColumnIds is null || ColumnIds.Contains(columnId);

    /// <summary>The start of the bucket that holds the instant; the earliest instant when it began before
    /// time does.</summary>
    public long FloorNs(long timestampNs)
    {
        long rest = timestampNs % EveryNs;
        long before = rest < 0 ? rest + EveryNs : rest;
        return timestampNs < long.MinValue + before ? long.MinValue : timestampNs - before;
    }
}
