using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Recovery;

/// <summary>Opens the segments that the manifest names, and removes files that it does not.</summary>
internal static class SegmentRecovery
{
    /// <summary>Opens every segment, by shard, oldest first. Each release is pushed on <paramref name="undo"/>.</summary>
    public static List<SegmentReader>[] Open(
        IStorageDevice device, ManifestState state, FlushedTimes flushedTimes, Stack<Action> undo)
    {
        List<SegmentReader>[] segments = new List<SegmentReader>[state.ShardCount];
        for (int i = 0; i < segments.Length; i++)
        {
            segments[i] = [];
        }

        HashSet<string> named = [];
        foreach (SegmentEntry entry in state.Segments.Values)
        {
            string path = SegmentNames.PathOf(entry.SegmentNumber);
            named.Add(path);
            SegmentReader segment = SegmentReader.Open(device, path);
            undo.Push(segment.Release);
            SegmentEntries.Verify(entry, segment);
            segments[entry.Shard].Add(segment);
            NoteFlushedTimes(segment, flushedTimes);
        }

        RemoveUnnamed(device, named);
        foreach (List<SegmentReader> shard in segments)
        {
            shard.Sort(static (left, right) =>
            {
                int order = left.Identity.MaxLsn.CompareTo(right.Identity.MaxLsn);
                return order != 0 ? order : left.Identity.SegmentNumber.CompareTo(right.Identity.SegmentNumber);
            });
        }

        return segments;
    }

    private static void NoteFlushedTimes(SegmentReader segment, FlushedTimes flushedTimes)
    {
        if (segment.Identity.Role != Segments.SegmentRole.OnTime)
        {
            return;
        }

        for (int i = 0; i < segment.SeriesCount; i++)
        {
            SeriesEntry series = segment.GetSeries(i);
            flushedTimes.Raise(series.Series, series.LastTimestampNs);
        }
    }

    private static void RemoveUnnamed(IStorageDevice device, HashSet<string> named)
    {
        foreach (string name in device.List(SegmentNames.Directory))
        {
            string path = $"{SegmentNames.Directory}/{name}";
            if (!named.Contains(path))
            {
                device.Delete(path);
            }
        }
    }
}
