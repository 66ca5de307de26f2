using Tsdb.Storage.Backups;

namespace Tsdb.Storage.Archives;

/// <summary>What a restore to a point brought back.</summary>
/// <param name="Backup">The backup that it began with.</param>
/// <param name="Check">What the check of the result read; nothing is damaged.</param>
/// <param name="LastLsn">The last frame that is in the result.</param>
/// <param name="LastCommitNs">When that was committed, ns since 1970; when the backup was made, where no
/// frame came after it.</param>
/// <param name="FrameCount">Frames of the archive that are in it.</param>
/// <param name="RowCount">Rows in them, versions counted apart.</param>
/// <param name="DeleteCount">Deletes in them.</param>
public sealed record RestoreReport(
    BackupManifest Backup,
    StorageCheckResult Check,
    ulong LastLsn,
    long LastCommitNs,
    long FrameCount,
    long RowCount,
    long DeleteCount);
