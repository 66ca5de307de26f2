namespace Tsdb.Storage.Backups;

/// <summary>Why a snapshot, a backup or a restore was not done.</summary>
public enum BackupFault
{
    /// <summary>The name cannot be used.</summary>
    NameInvalid,

    /// <summary>There is one of that name already.</summary>
    NameTaken,

    /// <summary>There is none of that name.</summary>
    NotFound,

    /// <summary>Another one is under way.</summary>
    Busy,

    /// <summary>The database has damaged files: a copy of them would be no copy.</summary>
    SourceDamaged,

    /// <summary>The place to restore to is not empty.</summary>
    TargetNotEmpty,

    /// <summary>An object of the backup is not there.</summary>
    ObjectMissing,

    /// <summary>An object of the backup is not what was written.</summary>
    ObjectDamaged,

    /// <summary>A newer version wrote it.</summary>
    Unsupported,

    /// <summary>The archived log lacks frames that the wanted point needs.</summary>
    ArchiveGap,

    /// <summary>The archived log does not reach the wanted point.</summary>
    ArchiveTooShort,

    /// <summary>The archive is that of another course of this database.</summary>
    ArchiveConflict,

    /// <summary>What was restored does not pass the check.</summary>
    ResultDamaged,

    /// <summary>The target is not one that may be written to.</summary>
    TargetRefused,

    /// <summary>The target cannot be reached, or refuses.</summary>
    TargetFailed,
}
