using Tsdb.Core;

namespace Tsdb.Storage;

/// <summary>Counters and sizes of one database's storage at one moment.</summary>
/// <param name="RowsCommitted">Rows logged since the start, duplicates counted apart.</param>
/// <param name="CommitCount">Frames logged since the start.</param>
/// <param name="BatchCount">Batches in them.</param>
/// <param name="WalBytesWritten">Payload bytes logged since the start.</param>
/// <param name="WalSizeBytes">Size of the log that a recovery would read.</param>
/// <param name="CommitTime">Time spent writing and syncing the log since the start.</param>
/// <param name="CommitLatencies">Its distribution.</param>
/// <param name="MemtableSizeBytes">Memory of the active memtable.</param>
/// <param name="SegmentCount">Live segment files.</param>
/// <param name="SegmentSizeBytes">Bytes in them.</param>
/// <param name="SegmentRowCount">Rows in them, versions counted apart.</param>
/// <param name="SegmentPointCount">Values in them.</param>
/// <param name="CatalogSizeBytes">Bytes of the catalogue log.</param>
/// <param name="FlushCount">Flushes since the start.</param>
/// <param name="Writes">Bytes written to the device, by what for.</param>
/// <param name="Compaction">What merges have done, do, and have before them.</param>
/// <param name="TableCount">Tables.</param>
/// <param name="SeriesCount">Series.</param>
/// <param name="DamagedSegments">Segments that were set aside at opening.</param>
/// <param name="ReadOnlyReason">Why no write is taken, or null.</param>
public sealed record StorageStatistics(
    long RowsCommitted,
    long CommitCount,
    long BatchCount,
    long WalBytesWritten,
    long WalSizeBytes,
    TimeSpan CommitTime,
    CommitLatencies CommitLatencies,
    long MemtableSizeBytes,
    int SegmentCount,
    long SegmentSizeBytes,
    long SegmentRowCount,
    long SegmentPointCount,
    long CatalogSizeBytes,
    long FlushCount,
    WriteStatistics Writes,
    CompactionStatistics Compaction,
    int TableCount,
    int SeriesCount,
    IReadOnlyList<DamagedSegment> DamagedSegments,
    string? ReadOnlyReason)
{
    /// <summary>Free bytes of the device; the greatest number where it does not say.</summary>
    public long DeviceFreeSizeBytes { get; init; }

    /// <summary>Distinct tag values of all tables' keys.</summary>
    public long TagValueCount { get; init; }

    /// <summary>Series that came within the last hour, since the start at most.</summary>
    public long NewSeriesCount { get; init; }

    /// <summary>Rows refused since the start because a new series would have exceeded a limit.</summary>
    public long SeriesRefusalCount { get; init; }

    /// <summary>Segments dropped since the start because all their rows had expired, or their tables were
    /// dropped.</summary>
    public long DroppedSegmentCount { get; init; }

    /// <summary>Bytes of them.</summary>
    public long DroppedSegmentSizeBytes { get; init; }

    /// <summary>Deletes that are not carried out in all files yet.</summary>
    public int PendingDeleteCount { get; init; }

    /// <summary>When the oldest of them was made; null when there is none.</summary>
    public Timestamp? OldestPendingDelete { get; init; }

    /// <summary>From when on segments are written anew for the oldest's sake; null when there is
    /// none.</summary>
    public Timestamp? OldestErasureDeadline { get; init; }

    /// <summary>The time by which rows expire; null before enough rows have borne it out.</summary>
    public Timestamp? EventTime { get; init; }

    /// <summary>Parts of segments that are known to be damaged while the rest of them is read.</summary>
    public IReadOnlyList<SegmentDamage> Damages { get; init; } = [];

    /// <summary>What has been verified in the background.</summary>
    public required ScrubStatistics Scrub { get; init; }

    /// <summary>Native memory of the catalogue and the tag index.</summary>
    public long CatalogMemoryBytes { get; init; }
}
