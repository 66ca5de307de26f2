namespace Tsdb.Storage.Wal;

/// <summary>Where a replay ended: what a writer needs in order to go on.</summary>
internal sealed record WalTail
{
    /// <summary>The last LSN: of the last sound frame, or what the caller said is flushed or durable if that
    /// is more.</summary>
    public required ulong LastLsn { get; init; }

    /// <summary>The highest LSN for which there is proof that its sync returned.</summary>
    public required ulong KnownDurableLsn { get; init; }

    /// <summary>Header CRC32C of the frame with <see cref="KnownDurableLsn"/>; 0 when it is not
    /// known.</summary>
    public required uint KnownDurableCrc32C { get; init; }

    /// <summary>No frame was committed later, and none may be committed earlier from now on; 0 when there
    /// never was one.</summary>
    public required long LastCommitTimeNs { get; init; }

    /// <summary>Log files, oldest first.</summary>
    public required IReadOnlyList<WalLogFile> Files { get; init; }

    /// <summary>Frames above <see cref="KnownDurableLsn"/>. A writer logs them again in its new file, as a
    /// failed sync may have left them readable though they are not on the disk.</summary>
    public required IReadOnlyList<WalFrameLocation> Unproven { get; init; }

    /// <summary>Ranges that were skipped (<see cref="WalDamagePolicy.SkipLostRange"/>).</summary>
    public required IReadOnlyList<WalLostRange> LostRanges { get; init; }

    /// <summary>The frame that a crash tore, never acknowledged; null when the log ends cleanly.</summary>
    public required WalTornFrame? TornFrame { get; init; }

    /// <summary>How many frames the handler was given.</summary>
    public required long DeliveredFrameCount { get; init; }
}

/// <summary>A log file as a replay found it.</summary>
internal readonly record struct WalLogFile(long Sequence, string Path, ulong FirstLsn, bool IsDamaged);

/// <summary>Where a frame is.</summary>
internal readonly record struct WalFrameLocation(string Path, long OffsetBytes, WalFrame Frame);

/// <summary>Where a replay stopped because the frame there is not whole.</summary>
internal readonly record struct WalTornFrame(string Path, long OffsetBytes, ulong Lsn, WalFrameStatus Status);
