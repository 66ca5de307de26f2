using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Compaction;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Flushing;

/// <summary>
/// Turns memtables into segments and merges segments: writes files, makes them durable, then names them in
/// the
/// manifest, and only then shows them to readers and lets go of what they replace.
/// </summary>
/// <remarks>The flush thread's; nothing here runs twice at once.</remarks>
internal sealed class Flusher(
    IStorageDevice device,
    CatalogStore catalog,
    StorageOptions options,
    Manifest manifest,
    CatalogLog catalogLog,
    CommitLog log,
    VersionSet versions,
    FlushedTimes flushedTimes)
{
    private readonly SegmentNames _names = new(manifest.Current.NextSegmentNumber);
    private readonly CompactionPlanner _planner = new(options);
    private readonly SegmentMerger _merger = new(device);
    private long _flushCount;
    private long _compactionCount;

    public long FlushCount => Volatile.Read(ref _flushCount);

    public long CompactionCount => Volatile.Read(ref _compactionCount);

    /// <summary>
    /// Why segments of a shard are not merged any more, for those shards of which that is so.
    /// </summary>
    public IReadOnlyDictionary<int, string> FailedMerges => _merger.Failures;

    public long CatalogSizeBytes => catalogLog.SizeBytes;

    /// <summary>Writes a full memtable to segments, forgets its part of the log, and merges what has piled
    /// up.</summary>
    public void Flush(FlushJob job)
    {
        ShardFlush shardFlush = new(device, catalog, flushedTimes, _names);
        List<WrittenSegment> written = [];
        for (int shard = 0; shard < catalog.ShardCount; shard++)
        {
            written.AddRange(shardFlush.Write(job.Memtable, shard));
        }

        catalogLog.Append(job.Definitions.Span);
        ulong flushedLsn = Math.Max(job.Memtable.LastLsn, manifest.Current.FlushedLsnOfAllShards);
        List<SegmentReader> added = Publish(written, [], flushedLsn);
        versions.CompleteFlush(job.Memtable, added);
        ReleaseAll(added);
        job.Memtable.Dispose();
        log.Truncate(flushedLsn);
        Volatile.Write(ref _flushCount, _flushCount + 1);
        Compact(isFull: false);
    }

    /// <summary>Merges segments that overlap: where too many have piled up or, when full, wherever there are
    /// two.</summary>
    public void Compact(bool isFull)
    {
        for (int shard = 0; shard < catalog.ShardCount; shard++)
        {
            // A merge could overtake what the damaged segment held, were it ever to come back.
            if (versions.Damaged.Any(segment => segment.Shard == shard))
            {
                continue;
            }

            // A merge that failed would fail again: the shard's segments stay as they are until a restart.
            while (!_merger.Failures.ContainsKey(shard))
            {
                StorageVersion version = versions.Acquire();
                try
                {
                    IReadOnlyList<SegmentReader> inputs =
                        _planner.Choose(version.SegmentsByShard[shard], isFull);
                    if (inputs.Count == 0)
                    {
                        break;
                    }

                    Merge(inputs);
                }
                finally
                {
                    version.Release();
                }
            }
        }
    }

    private void Merge(IReadOnlyList<SegmentReader> inputs)
    {
        long number = _names.Next();
        string path = SegmentNames.PathOf(number);
        if (!_merger.TryMerge(path, number, inputs, out SegmentInfo? info))
        {
            return;
        }

        List<SegmentReader> added =
            Publish([new WrittenSegment(path, info)], inputs, manifest.Current.FlushedLsnOfAllShards);
        foreach (SegmentReader input in inputs)
        {
            input.MarkObsolete();
        }

        versions.CompleteCompaction(added, inputs);
        ReleaseAll(added);
        Volatile.Write(ref _compactionCount, _compactionCount + 1);
    }

    /// <summary>Names the new files in the manifest and opens them; the caller releases them.</summary>
    private List<SegmentReader> Publish(
        List<WrittenSegment> written, IReadOnlyList<SegmentReader> replaced, ulong flushedLsn)
    {
        device.SyncDirectory(SegmentNames.Directory);
        List<SegmentReader> added = [];
        foreach (WrittenSegment segment in written)
        {
            added.Add(SegmentReader.Open(device, segment.Path));
        }

        ManifestEdit edit = new ManifestEdit()
            .SetFlushedLsnOfAllShards(flushedLsn)
            .SetKnownDurableLsn(flushedLsn)
            .SetNextSegmentNumber(_names.NextNumber)
            .SetCatalogLog(catalogLog.ToEntry());
        foreach (SegmentReader segment in added)
        {
            edit.AddSegment(SegmentEntries.Of(segment));
        }

        foreach (SegmentReader segment in replaced)
        {
            edit.RemoveSegment(segment.Identity.SegmentNumber);
        }

        manifest.Commit(edit);
        return added;
    }

    private static void ReleaseAll(List<SegmentReader> segments)
    {
        foreach (SegmentReader segment in segments)
        {
            segment.Release();
        }
    }
}
