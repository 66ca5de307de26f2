using System.Diagnostics;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Recovery;

/// <summary>
/// Opens the segments that the manifest names, sets aside those that are damaged, and removes files that the
/// manifest does not name.
/// </summary>
internal static class SegmentRecovery
{
    /// <summary>Opens every segment, by shard, oldest first. Each release is pushed on
    /// <paramref name="undo"/>.</summary>
    public static OpenedSegments Open(
        IStorageDevice device,
        ManifestState state,
        FlushedTimes flushedTimes,
        SegmentIndexCache indexes,
        Stack<Action> undo)
    {
        List<DamagedSegment> damaged = [];
        List<RollupFile> rollups = [];
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
            if (entry.Role == SegmentRole.Rollup)
            {
                AddRollup(device, state, entry, undo, rollups);
                continue;
            }

            if (TryOpen(device, path, entry, out IOException? cause) is not { } segment)
            {
                damaged.Add(new DamagedSegment(
                    path, entry.Shard, entry.MinTimestampNs, entry.MaxTimestampNs, cause!));

                // Whose rows it held is not known: whatever it may reach counts as late.
                flushedTimes.RaiseShard(entry.Shard, entry.MaxTimestampNs);
                continue;
            }

            segment.UseCache(indexes);
            undo.Push(segment.Release);
            segments[entry.Shard].Add(segment);
            NoteFlushedTimes(segment, flushedTimes);
        }

        rollups.ForEach(file => file.Segment.UseCache(indexes));
        RemoveUnnamed(device, named);
        foreach (List<SegmentReader> shard in segments)
        {
            shard.Sort(SegmentAge.Compare);
            if (SeriesOverlap.Find(shard) is { } series)
            {
                // Reading merges them all the same; that they are there is a bug of whoever wrote them.
                Trace.TraceError($"on-time segments of series {series.Value} overlap");
            }
        }

        return new OpenedSegments(segments, damaged, rollups);
    }

    /// <summary>A rollup that cannot be opened is left out: it says nothing that the other segments do not
    /// say, and is built anew.</summary>
    private static void AddRollup(
        IStorageDevice device,
        ManifestState state,
        SegmentEntry entry,
        Stack<Action> undo,
        List<RollupFile> rollups)
    {
        string path = SegmentNames.PathOf(entry.SegmentNumber);
        SegmentReader? segment = TryOpen(device, path, entry, out IOException? cause);
        if (segment is null || !state.Rollups.TryGetValue(entry.SegmentNumber, out RollupEntry? rollup))
        {
            string reason = cause?.Message ?? "nothing says what it holds";
            Trace.TraceWarning($"the rollup {path} is not used: {reason}");
            segment?.Release();
            return;
        }

        undo.Push(segment.Release);
        rollups.Add(new RollupFile(segment, rollup));
    }

    /// <summary>A damaged or missing file is one segment's misfortune: the others are read all the
    /// same.</summary>
    private static SegmentReader? TryOpen(
        IStorageDevice device, string path, SegmentEntry entry, out IOException? cause)
    {
        cause = null;
        SegmentReader? segment = null;
        try
        {
            segment = SegmentReader.Open(device, path);
            segment.AppliedLsn = entry.AppliedLsn;
            SegmentEntries.Verify(entry, segment);
            return segment;
        }
        catch (Exception exception) when (exception is SegmentCorruptException or StorageDeviceException)
        {
            segment?.Release();
            cause = (IOException)exception;
            return null;
        }
    }

    /// <summary>
    /// Late segments count as well: what was on time when they were written may have been deleted since, and
    /// a row written again must not be older than they are.
    /// </summary>
    private static void NoteFlushedTimes(SegmentReader segment, FlushedTimes flushedTimes)
    {
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
