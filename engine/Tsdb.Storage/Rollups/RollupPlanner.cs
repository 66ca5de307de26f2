using Tsdb.Core;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Rollups;

/// <summary>
/// Finds what has to be built: windows of a tier without a file, whose file lacks settled buckets, or in
/// which rows have changed since.
/// </summary>
internal static class RollupPlanner
{
    // One block of each series: a bucket is found in it by one look.
    private const int WindowBucketCount = SegmentBlock.MaxRowCount;

    // A segment that reaches over more windows than this holds a few wild timestamps: they stay raw.
    private const int WindowCountMax = 4096;

    // A file is extended when this part of what it has would be added: so each bucket is written a few times.
    private const int GrowthShare = 8;

    /// <summary>What to build of a tier in a shard, earliest first.</summary>
    /// <param name="version">What there is.</param>
    /// <param name="lsn">All rows up to it are in segments.</param>
    /// <param name="table">The table.</param>
    /// <param name="rollup">The tier.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="isEager">Whether to build even what would be cheaper to build later.</param>
    public static IEnumerable<RollupJob> Find(
        StorageVersion version,
        ulong lsn,
        TableSchema table,
        RollupDefinition rollup,
        int shard,
        bool isEager)
    {
        SegmentReader[] sources =
            [.. version.SegmentsByShard[shard].Where(segment => HasRows(segment, table.TableId))];
        if (sources.Length == 0)
        {
            yield break;
        }

        // Only whole buckets: the one that is being written to changes all the time.
        long settledNs = rollup.FloorNs(sources.Max(static segment => segment.Info.MaxTimestampNs));
        foreach (TimeRange window in FindWindows(sources, rollup))
        {
            TimeRange range = new(window.FromNs, Math.Min(window.ToNs, settledNs));
            SegmentReader[] inside = [.. sources.Where(segment => Overlaps(segment, range))];
            RollupFile? file = version.Rollups.FirstOrDefault(other => other.Shard == shard
                && other.IsOf(table.TableId, rollup.RollupId)
                && other.Entry.Range.FromNs == range.FromNs);
            if (!range.IsEmpty && inside.Length > 0
                && (file is null || IsStale(
                    file, inside, lsn, table, window, range, IsDeleted(version, file), isEager)))
            {
                yield return new RollupJob(table, rollup, shard, range, inside);
            }
        }
    }

    private static bool IsStale(
        RollupFile file,
        SegmentReader[] inside,
        ulong lsn,
        TableSchema table,
        TimeRange window,
        TimeRange range,
        bool isDeleted,
        bool isEager)
    {
        if (table.Columns.Any(column => !file.Has(column)))
        {
            return true;
        }

        TimeRange covered = file.Entry.Range;
        bool isChanged = lsn > file.Entry.Lsn
            && (isDeleted || inside.Any(
                segment => (ulong)segment.Identity.MaxLsn > file.Entry.Lsn && Overlaps(segment, covered)));
        long growthNs = range.ToNs - covered.ToNs;
        bool isGrown = growthNs > 0
            && (isEager || range.ToNs == window.ToNs
                || growthNs >= (covered.ToNs - covered.FromNs) / GrowthShare);
        return isChanged || isGrown;
    }

    private static bool IsDeleted(StorageVersion version, RollupFile file) =>
        Array.Exists(version.Tombstones.Items.ToArray(), file.IsUnawareOf);

    private static bool Overlaps(SegmentReader segment, TimeRange range) =>
        range.Overlaps(segment.Info.MinTimestampNs, segment.Info.MaxTimestampNs);

    private static bool HasRows(SegmentReader segment, int tableId)
    {
        if (segment.Identity.Role == SegmentRole.History)
        {
            return false;
        }

        for (int i = 0; i < segment.SeriesCount; i++)
        {
            if (segment.GetSeries(i).TableId == tableId)
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<TimeRange> FindWindows(SegmentReader[] sources, RollupDefinition rollup)
    {
        Int128 sizeNs = (Int128)rollup.EveryNs * WindowBucketCount;
        SortedSet<long> numbers = [];
        foreach (SegmentReader segment in sources)
        {
            long first = Divide(segment.Info.MinTimestampNs, sizeNs);
            long last = Divide(segment.Info.MaxTimestampNs, sizeNs);
            for (long number = first; number <= last && last - first < WindowCountMax; number++)
            {
                numbers.Add(number);
            }
        }

        foreach (long number in numbers)
        {
            // The first and the last window of all time are cut where no 64 bits tell their bounds.
            if (number * sizeNs >= long.MinValue && (number + 1) * sizeNs < long.MaxValue)
            {
                yield return new TimeRange((long)(number * sizeNs), (long)((number + 1) * sizeNs));
            }
        }
    }

    private static long Divide(long timestampNs, Int128 sizeNs)
    {
        Int128 quotient = timestampNs / sizeNs;
        return (long)(timestampNs % sizeNs < 0 ? quotient - 1 : quotient);
    }
}
