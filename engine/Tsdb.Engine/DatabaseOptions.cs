using Tsdb.Core;
using Tsdb.Ingest.Parse;
using Tsdb.Storage;
using Tsdb.Storage.Backups;

namespace Tsdb.Engine;

/// <summary>How a data directory is opened. Immutable; validated once, at opening.</summary>
public sealed record DatabaseOptions
{
    /// <summary>The database that is meant when none is named.</summary>
    public const string DefaultDatabase = "default";

    /// <summary>The data directory: each database has a directory in it. Made when it is not there.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Sizes and limits of each database's storage.</summary>
    public StorageOptions Storage { get; init; } = new();

    /// <summary>What a line of line protocol may hold.</summary>
    public LineProtocolLimits Lines { get; init; } = LineProtocolLimits.Default;

    /// <summary>Pays for the memory of all databases; null where nobody keeps accounts.</summary>
    public MemoryBudget? Memory { get; init; }

    /// <summary>Databases that writers may bring into being.</summary>
    public int DatabaseCountMax { get; init; } = 64;

    /// <summary>
    /// Opens the target that a statement names, or throws a <see cref="BackupException"/> where backups may
    /// not be written; null where statements make no backups.
    /// </summary>
    public Func<string, IBackupTarget>? OpenBackupTarget { get; init; }

    /// <summary>
    /// Where the logs of all databases are archived, beside their backups; null for nowhere. The storage's
    /// <see cref="StorageOptions.UnarchivedLogSizeBytesMax"/> says how much log waits for it. Stays the
    /// caller's, who disposes it after the engine.
    /// </summary>
    public IBackupTarget? ArchiveTarget { get; init; }

    /// <summary>How long durable rows wait at most before they are archived, while the target can be
    /// reached.</summary>
    public TimeSpan ArchiveInterval { get; init; } = TimeSpan.FromSeconds(10);
}
