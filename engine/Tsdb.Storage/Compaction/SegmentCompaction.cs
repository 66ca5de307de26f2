using Tsdb.Core;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
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

    /// <summary>Writes the outputs of a merge, durable but not yet named by the manifest.</summary>
    /// <param name="device">Where the new files are made.</param>
    /// <param name="job">What to merge; the caller holds references to the inputs.</param>
    /// <param name="names">Numbers the new files.</param>
    /// <param name="progress">Told of each series; may stop the merge.</param>
    /// <exception cref="SegmentCorruptException">A segment is damaged; the new files are gone.</exception>
    /// <exception cref="OperationCanceledException">Stopped; the new files are gone.</exception>
    public List<WrittenSegment> Merge(
        IStorageDevice device, CompactionJob job, SegmentNames names, MergeProgress progress)
    {
        Invariant.Holds(job.Windows.Count == 1);
        SegmentReader[] segments = [.. job.Inputs];
        long number = names.Next();
        string path = SegmentNames.PathOf(number);
        SegmentIdentity identity = new(
            Guid.NewGuid(),
            number,
            job.Shard,
            segments[0].Identity.ShardCount,
            job.Windows[0],
            job.Role,
            segments.Min(static segment => segment.Identity.MinLsn),
            segments.Max(static segment => segment.Identity.MaxLsn));
        CheckInputs(identity, segments);
        bool isComplete = false;
        try
        {
            using SegmentWriter writer = new(device, path, identity);
            WriteAll(writer, identity, segments, progress);
            SegmentInfo info = writer.Complete();
            isComplete = true;
            return [new WrittenSegment(path, info)];
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
        MergeProgress progress)
    {
        int[] next = new int[segments.Length];
        SeriesRows[] runs = new SeriesRows[segments.Length];
        while (TryFindLowest(segments, next, out SeriesId series))
        {
            progress.Advance(0, 0);
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
