namespace Tsdb.Engine;

/// <summary>What a backup is at.</summary>
public enum BackupPhase
{
    /// <summary>Memory goes to segments, and the segments are linked.</summary>
    Snapshot,

    /// <summary>What the target has not yet is sent.</summary>
    Send,

    /// <summary>Everything is read back and compared.</summary>
    Verify,

    /// <summary>Old backups are removed.</summary>
    Prune,
}
