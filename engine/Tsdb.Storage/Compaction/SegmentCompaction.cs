using Tsdb.Core;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Segments.Merging;

namespace Tsdb.Storage.Compaction;

/// <summary>
/// Writes several segments of one shard as one, series by series: memory holds one series at a time. Nothing
/// is dropped: rows that meet are folded as a reader would fold them, and a patch whose row is in none of the
/// segments stays a patch.
/// </summary>
/// <remarks>Reusable; not thread safe. The caller holds references to the segments.</remarks>
internal sealed class SegmentCompaction
{
    private readonly SeriesBlocks _blocks = new(new ChunkScratch());
    private readonly SeriesMerge _merge = new();
    private readonly SeriesRows _merged = new();
    private readonly List<SeriesRows> _pool = [];

    /// <summary>Merges.</summary>
    /// <param name="device">Where the new file is made.</param>
    /// <param name="path">The new file; must not exist. Deleted again if the merge fails.</param>
    /// <param name="identity">What the new segment is; its LSN range covers those of the segments.</param>
    /// <param name="segments">Older to newer by LSN, all of the identity's shard.</param>
    /// <param name="cancellation">Looked at before each series.</param>
    /// <exception cref="SegmentCorruptException">A segment is damaged; the new file is gone.</exception>
    public SegmentInfo Merge(
        IStorageDevice device,
        string path,
        SegmentIdentity identity,
        ReadOnlySpan<SegmentReader> segments,
        CancellationToken cancellation)
    {
        CheckInputs(identity, segments);
        bool isComplete = false;
        try
        {
            using SegmentWriter writer = new(device, path, identity);
            WriteAll(writer, identity, segments, cancellation);
            SegmentInfo info = writer.Complete();
            isComplete = true;
            return info;
        }
        finally
        {
            if (!isComplete)
            {
                device.Delete(path);
            }
        }
    }

    private static void CheckInputs(SegmentIdentity identity, ReadOnlySpan<SegmentReader> segments)
    {
        long previousLsn = long.MinValue;
        foreach (SegmentReader segment in segments)
        {
            Invariant.Holds(segment.Identity.Shard == identity.Shard);
            Invariant.Holds(segment.Identity.ShardCount == identity.ShardCount);
            Invariant.Holds(segment.Identity.MaxLsn >= previousLsn);
            Invariant.Holds(
                (segment.Identity.Role == SegmentRole.History) == (identity.Role == SegmentRole.History));
            previousLsn = segment.Identity.MaxLsn;
        }
    }

    private void WriteAll(
        SegmentWriter writer,
        SegmentIdentity identity,
        ReadOnlySpan<SegmentReader> segments,
        CancellationToken cancellation)
    {
        int[] next = new int[segments.Length];
        SeriesRows[] runs = new SeriesRows[segments.Length];
        while (TryFindLowest(segments, next, out SeriesId series))
        {
            cancellation.ThrowIfCancellationRequested();
            int runCount = 0;
            int tableId = 0;
            for (int i = 0; i < segments.Length; i++)
            {
                if (next[i] < segments[i].SeriesCount && segments[i].GetSeriesId(next[i]) == series)
                {
                    SeriesEntry entry = segments[i].GetSeries(next[i]++);
                    tableId = entry.TableId;
                    runs[runCount] = TakeRows(runCount);
                    SegmentRows.Read(segments[i], entry, _blocks, runs[runCount++]);
                }
            }

            SeriesRows rows = runs[0];
            if (runCount > 1)
            {
                _merge.Merge(runs.AsSpan(0, runCount), _merged, identity.Role == SegmentRole.History);
                rows = _merged;
            }

            writer.Add(series, tableId, rows);
        }
    }

    private static bool TryFindLowest(ReadOnlySpan<SegmentReader> segments, int[] next, out SeriesId series)
    {
        series = new SeriesId(uint.MaxValue);
        bool isFound = false;
        for (int i = 0; i < segments.Length; i++)
        {
            if (next[i] < segments[i].SeriesCount)
            {
                SeriesId candidate = segments[i].GetSeriesId(next[i]);
                series = candidate < series ? candidate : series;
                isFound = true;
            }
        }

        return isFound;
    }

    private SeriesRows TakeRows(int index)
    {
        if (index == _pool.Count)
        {
            _pool.Add(new SeriesRows());
        }

        return _pool[index];
    }
}
