namespace Tsdb.Storage.Compaction;

/// <summary>What merges came to since the start. Written by the compaction thread, read by any.</summary>
internal sealed class CompactionCounters
{
    private readonly long[] _writtenSizeBytes = new long[3];
    private long _mergeCount;
    private long _cancelledCount;
    private long _readSizeBytes;
    private long _queuedCount;
    private long _queuedSizeBytes;
    private long _deletedSizeBytes;
    private long _expiredSizeBytes;

    public void NoteMerge(CompactionJob job, long writtenSizeBytes)
    {
        Interlocked.Increment(ref _mergeCount);
        Interlocked.Add(ref _readSizeBytes, job.SizeBytes);
        Interlocked.Add(ref _writtenSizeBytes[LevelOf(job)], writtenSizeBytes);
    }

    public void NoteCancelled() => Interlocked.Increment(ref _cancelledCount);

    public void SetQueue(long count, long sizeBytes)
    {
        Volatile.Write(ref _queuedCount, count);
        Volatile.Write(ref _queuedSizeBytes, sizeBytes);
    }

    /// <summary>Sizes of segments that hold rows which have to go.</summary>
    public void SetErasures(long deletedSizeBytes, long expiredSizeBytes)
    {
        Volatile.Write(ref _deletedSizeBytes, deletedSizeBytes);
        Volatile.Write(ref _expiredSizeBytes, expiredSizeBytes);
    }

    public CompactionStatistics Read(MergeProgress progress, MergeBackoff backoff) => new(
        Volatile.Read(ref _mergeCount),
        Volatile.Read(ref _cancelledCount),
        Volatile.Read(ref _readSizeBytes),
        [.. _writtenSizeBytes],
        Volatile.Read(ref _queuedCount),
        Volatile.Read(ref _queuedSizeBytes),
        progress.TotalSizeBytes,
        progress.DoneSizeBytes,
        backoff.Failures)
    {
        DeletedSizeBytes = Volatile.Read(ref _deletedSizeBytes),
        ExpiredSizeBytes = Volatile.Read(ref _expiredSizeBytes),
    };

    private static int LevelOf(CompactionJob job) => job.Role == Segments.SegmentRole.Late
        ? 0
        : job.Reason == CompactionReason.LongerWindow ? 2 : 1;
}
