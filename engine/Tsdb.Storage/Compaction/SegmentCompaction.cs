using Tsdb.Core;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Compaction;

/// <summary>
/// Writes several segments of one shard as one segment a window, series by series. Nothing is dropped but
/// what the job says: rows that meet are folded as a reader would fold them, and a patch whose row is in none
/// of the segments stays a patch.
/// </summary>
/// <remarks>Reusable; not thread safe. The caller holds references to the segments.</remarks>
/// <param name="scratch">Pays for the files' buffers and indexes; null where nobody keeps accounts.</param>
internal sealed class SegmentCompaction(MemoryAccount? scratch = null)
{
    private readonly SeriesRewrite _rewrite = new();

    /// <summary>Blocks taken over as they were, since this was made.</summary>
    public long CopiedBlockCount => _rewrite.CopiedBlockCount;

    /// <summary>Writes the outputs of a merge, durable but not yet named by the manifest.</summary>
    /// <param name="device">Where the new files are made.</param>
    /// <param name="job">What to merge; the caller holds references to the inputs.</param>
    /// <param name="names">Numbers the new files.</param>
    /// <param name="progress">Told of each block or so; may stop the merge.</param>
    /// <exception cref="SegmentCorruptException">A segment is damaged; the new files are gone.</exception>
    /// <exception cref="OperationCanceledException">Stopped; the new files are gone.</exception>
    public List<WrittenSegment> Merge(
        IStorageDevice device, CompactionJob job, SegmentNames names, MergeProgress progress)
    {
        CheckJob(job);
        List<MergeOutput> outputs = [];
        bool isComplete = false;
        try
        {
            foreach (TimeRange window in job.Windows)
            {
                outputs.Add(new MergeOutput(device, job, window, names, scratch));
            }

            WriteAll(job, outputs, progress);
            List<WrittenSegment> written = [];
            foreach (MergeOutput output in outputs)
            {
                if (output.Complete() is { } segment)
                {
                    written.Add(segment);
                }
            }

            isComplete = true;
            return written;
        }
        finally
        {
            foreach (MergeOutput output in outputs)
            {
                output.Dispose();
            }

            if (!isComplete)
            {
                DeleteAll(device, outputs);
            }
        }
    }

    private static void CheckJob(CompactionJob job)
    {
        Invariant.Holds(job.Inputs.Count > 0);
        Invariant.Holds(job.Role != SegmentRole.History);
        foreach (SegmentReader segment in job.Inputs)
        {
            Invariant.Holds(segment.Identity.Shard == job.Shard);
            Invariant.Holds(segment.Identity.ShardCount == job.Inputs[0].Identity.ShardCount);
            Invariant.Holds(segment.Identity.Role != SegmentRole.History);
        }

        for (int i = 1; i < job.Windows.Count; i++)
        {
            Invariant.Holds(job.Windows[i - 1].LastNs < job.Windows[i].FromNs);
        }
    }

    private void WriteAll(CompactionJob job, List<MergeOutput> outputs, MergeProgress progress)
    {
        IReadOnlyList<SegmentReader> segments = job.Inputs;
        int[] next = new int[segments.Count];
        while (TryFindLowest(segments, next, out SeriesId series))
        {
            _rewrite.Start(series, outputs);
            for (int i = 0; i < segments.Count; i++)
            {
                if (next[i] < segments[i].SeriesCount && segments[i].GetSeriesId(next[i]) == series)
                {
                    _rewrite.AddInput(segments[i], segments[i].GetSeries(next[i]++), job.Removed);
                }
            }

            _rewrite.Write(progress);
        }
    }

    private static bool TryFindLowest(IReadOnlyList<SegmentReader> segments, int[] next, out SeriesId series)
    {
        series = new SeriesId(uint.MaxValue);
        bool isFound = false;
        for (int i = 0; i < segments.Count; i++)
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

    private static void DeleteAll(IStorageDevice device, List<MergeOutput> outputs)
    {
        foreach (MergeOutput output in outputs)
        {
            if (output.Path is not null)
            {
                device.Delete(output.Path);
            }
        }
    }
}
