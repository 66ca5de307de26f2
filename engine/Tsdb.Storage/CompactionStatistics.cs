namespace Tsdb.Storage;

/// <summary>What merges have done since the start, do now, and have before them.</summary>
/// <param name="MergeCount">Merges completed.</param>
/// <param name="CancelledCount">Merges stopped on the way, their work thrown away.</param>
/// <param name="ReadSizeBytes">Bytes of the segments merged.</param>
/// <param name="WrittenSizeBytesByLevel">Bytes written: 0 late runs put together, 1 windows given their final
/// form or late rows put into them, 2 windows put together into a longer one.</param>
/// <param name="QueuedCount">Merges that are due and not begun.</param>
/// <param name="QueuedSizeBytes">Bytes that they will read: the debt.</param>
/// <param name="CurrentSizeBytes">Bytes that the merge under way reads; 0 when there is none.</param>
/// <param name="CurrentDoneSizeBytes">How many of them it has dealt with.</param>
/// <param name="Failures">Shards whose last merge failed, and why; each is tried again after a
/// pause.</param>
public sealed record CompactionStatistics(
    long MergeCount,
    long CancelledCount,
    long ReadSizeBytes,
    IReadOnlyList<long> WrittenSizeBytesByLevel,
    long QueuedCount,
    long QueuedSizeBytes,
    long CurrentSizeBytes,
    long CurrentDoneSizeBytes,
    IReadOnlyDictionary<int, string> Failures)
{
    /// <summary>Bytes of the segments that hold rows which were deleted, as of the last look at
    /// them.</summary>
    public long DeletedSizeBytes { get; init; }

    /// <summary>Bytes of the segments that hold rows which have expired or whose table was dropped, as of
    /// the last look at them.</summary>
    public long ExpiredSizeBytes { get; init; }

    /// <summary>Bytes that merges have written.</summary>
    public long WrittenSizeBytes => WrittenSizeBytesByLevel.Sum();
}
