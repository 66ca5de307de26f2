namespace Tsdb.Engine;

/// <summary>How a backup is to be made.</summary>
public sealed record BackupOrder
{
    /// <summary>How many backups stay on the target, this one included; null keeps all.</summary>
    public int? KeepCount { get; init; }

    /// <summary>Whether everything is read back from the target and compared.</summary>
    public bool Verifies { get; init; }
}
