using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Expiry;

namespace Tsdb.Storage.Flushing;

/// <summary>
/// Turns memtables into segments: writes files, makes them durable, has them published, and only then forgets
/// their part of the log. What has piled up is merged by another thread.
/// </summary>
/// <remarks>The flush thread's; nothing here runs twice at once. Counters may be read by any.</remarks>
internal sealed class Flusher(
    IStorageDevice device,
    CatalogStore catalog,
    CatalogLog catalogLog,
    CommitLog log,
    SegmentPublisher publisher,
    FlushedTimes flushedTimes,
    MemoryAccount? scratch,
    Action onFlushed)
{
    private long _flushCount;
    private long _writtenSizeBytes;

    public long FlushCount => Volatile.Read(ref _flushCount);

    /// <summary>Size of all segments that flushes have written.</summary>
    public long WrittenSizeBytes => Volatile.Read(ref _writtenSizeBytes);

    public long CatalogSizeBytes => catalogLog.SizeBytes;

    /// <summary>Writes a full memtable to segments and forgets its part of the log.</summary>
    /// <remarks>After a failure the same job may be given again.</remarks>
    public void Flush(FlushJob job)
    {
        if (job.FlushedLsn is null)
        {
            job.FlushedLsn = WriteAndPublish(job);
            Volatile.Write(ref _flushCount, _flushCount + 1);
        }

        log.Truncate(job.FlushedLsn.Value);
        onFlushed();
    }

    private ulong WriteAndPublish(FlushJob job)
    {
        ShardFlush shardFlush = new(
            job.Memtable,
            device,
            catalog,
            flushedTimes,
            publisher.Names,
            new ExpiryCut(publisher.Clock.Read()),
            scratch);
        List<WrittenSegment> written = [];
        using MemoryHold indexes = new(scratch);
        bool isWritten = false;
        try
        {
            for (int shard = 0; shard < catalog.ShardCount; shard++)
            {
                written.AddRange(shardFlush.Write(shard));
                indexes.Set(written.Sum(static segment => segment.Indexes.SizeBytes));
            }

            if (!job.HasDefinitionsWritten)
            {
                catalogLog.Append(job.Definitions);
                job.HasDefinitionsWritten = true;
                job.Definitions.Release();
            }

            isWritten = true;
        }
        finally
        {
            if (!isWritten)
            {
                // The next try writes others, and may need the room.
                written.ForEach(segment => SegmentNames.Discard(device, segment.Path));
            }
        }

        ulong flushedLsn = publisher.PublishFlush(job.Memtable, written, catalogLog.ToEntry());
        job.Memtable.Dispose();
        Volatile.Write(
            ref _writtenSizeBytes,
            _writtenSizeBytes + written.Sum(static segment => segment.Info.SizeBytes));
        return flushedLsn;
    }
}
