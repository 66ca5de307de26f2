namespace Tsdb.Storage.Archives;

/// <summary>How far the archive of a log is behind it.</summary>
/// <param name="ArchivedLsn">Every frame up to it is archived, but for <paramref name="Gap"/>.</param>
/// <param name="UntilNs">A restore can reach this time; ns since 1970; 0 before the first mark.</param>
/// <param name="UnarchivedFrameCount">Durable frames that the archive lacks.</param>
/// <param name="HeldSizeBytes">Bytes of log files that are kept for the archive only.</param>
/// <param name="Gap">Frames that the log lost, or let go of before they were archived: a restore beyond them
/// needs a backup made after them. Null when there are none.</param>
public sealed record ArchiveStatus(
    ulong ArchivedLsn, long UntilNs, long UnarchivedFrameCount, long HeldSizeBytes, ArchiveRange? Gap)
{
    /// <summary>Where the log is damaged, so that <see cref="Gap"/> came to be: file, offset, and what was
    /// expected there. Null when it is not, or since a backup was made.</summary>
    public string? Damage { get; init; }
}
