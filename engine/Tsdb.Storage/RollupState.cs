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
/// <param name="BucketCount">Buckets of all series in its files.</param>
/// <param name="LagNs">From the watermark to the table's newest row in segments: at least the bucket that is
/// not over; null when there is no watermark.</param>
public sealed record RollupState(
    int FileCount, long SizeBytes, long? WatermarkNs, int StaleCount, long BucketCount, long? LagNs)
{
    internal static RollupState Read(StorageVersion version, int tableId, RollupDefinition rollup)
    {
        RollupFile[] files = [.. version.Rollups.Where(file => file.IsOf(tableId, rollup.RollupId))];
        long? watermarkNs = files.Length == 0
            ? null
            : files.GroupBy(static file => file.Shard)
                .Min(static shard => shard.Max(static file => file.Entry.Range.ToNs));
        return new RollupState(
            files.Length,
            files.Sum(static file => file.Segment.Info.SizeBytes),
            watermarkNs,
            files.Count(file => version.SegmentsByShard[file.Shard].Any(segment =>
                (ulong)segment.Identity.MaxLsn > file.Entry.Lsn && IsIn(segment, file.Entry.Range))),
            files.Sum(static file => file.Segment.Info.RowCount),
            watermarkNs is { } builtToNs && FindNewestNs(version, tableId) is { } newestNs
                ? Math.Max(0, newestNs - builtToNs)
                : null);
    }

    /// <summary>Whether a tier has buckets in a range.</summary>
    internal static bool HasBuckets(
        StorageVersion version, int tableId, RollupDefinition rollup, TimeRange range)
    {
        foreach (RollupFile file in version.Rollups)
        {
            TimeRange inside = file.Entry.Range.Intersect(range);
            if (file.IsOf(tableId, rollup.RollupId) && !inside.IsEmpty
                && inside.ToNs - inside.FromNs >= rollup.EveryNs)
            {
                return true;
            }
        }

        return false;
    }

    private static long? FindNewestNs(StorageVersion version, int tableId)
    {
        long? newestNs = null;
        foreach (SegmentReader segment in version.SegmentsByShard.SelectMany(static list => list))
        {
            // The segment's own end first: most have nothing newer, and their series need not be asked.
            for (int i = 0; segment.Info.MaxTimestampNs > (newestNs ?? long.MinValue)
                && i < segment.SeriesCount; i++)
            {
                SeriesEntry entry = segment.GetSeries(i);
                if (entry.TableId == tableId && entry.LastTimestampNs > (newestNs ?? long.MinValue))
                {
                    newestNs = entry.LastTimestampNs;
                }
            }
        }

        return newestNs;
    }

    private static bool IsIn(SegmentReader segment, TimeRange range) =>
        range.Overlaps(segment.Info.MinTimestampNs, segment.Info.MaxTimestampNs);
}
