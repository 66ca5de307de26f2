using Tsdb.Core;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage;

/// <summary>How far a tier is built.</summary>
/// <param name="FileCount">Its files: one a shard and window.</param>
/// <param name="SizeBytes">Their size.</param>
/// <param name="WatermarkNs">Before it, and from the start of the earliest file on, the tier has every
/// bucket; null when it has none. Of the shards the one that is least far counts.</param>
/// <param name="StaleCount">Files in whose range rows have changed since, so that some of their buckets are
/// read as rows until they are built anew.</param>
public sealed record RollupState(int FileCount, long SizeBytes, long? WatermarkNs, int StaleCount)
{
    internal static RollupState Read(StorageVersion version, int tableId, RollupDefinition rollup)
    {
        RollupFile[] files = [.. version.Rollups.Where(file => file.IsOf(tableId, rollup.RollupId))];
        return new RollupState(
            files.Length,
            files.Sum(static file => file.Segment.Info.SizeBytes),
            files.Length == 0
                ? null
                : files.GroupBy(static file => file.Shard)
                    .Min(static shard => shard.Max(static file => file.Entry.Range.ToNs)),
            files.Count(file => version.SegmentsByShard[file.Shard].Any(segment =>
                (ulong)segment.Identity.MaxLsn > file.Entry.Lsn && IsIn(segment, file.Entry.Range))));
    }

    private static bool IsIn(SegmentReader segment, TimeRange range) =>
        range.Overlaps(segment.Info.MinTimestampNs, segment.Info.MaxTimestampNs);
}
