using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Storage;
using Tsdb.Storage.Backups;

namespace Tsdb.Engine;

/// <summary>One database: its storage, and the way in. Thread safe.</summary>
public sealed class Database : ICommandTarget, IAsyncDisposable
{
    private readonly BackupCommands _backupCommands;
    private readonly DatabaseMemory? _memory;
    private readonly DatabaseArchive? _archive;

    internal Database(
        string name,
        StorageEngine storage,
        WritePath writes,
        DatabaseSnapshots snapshots,
        DatabaseBackups backups,
        Func<string, IBackupTarget>? openBackupTarget,
        DatabaseArchive? archive,
        DatabaseMemory? memory)
    {
        _archive = archive;
        _backupCommands = new BackupCommands(snapshots, backups, openBackupTarget);
        _memory = memory;
        Backups = backups;
        Name = name;
        Snapshots = snapshots;
        Storage = storage;
        Writes = writes;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its storage: what queries read.</summary>
    public StorageEngine Storage { get; }

    /// <summary>Its way in.</summary>
    public WritePath Writes { get; }

    /// <summary>Its snapshots.</summary>
    public DatabaseSnapshots Snapshots { get; }

    /// <summary>Its backups.</summary>
    public DatabaseBackups Backups { get; }

    /// <summary>The archive of its log; null when there is none.</summary>
    public DatabaseArchive? Archive => _archive;

    /// <summary>What is wrong with its storage and its archive; empty when all is well.</summary>
    public IReadOnlyList<StorageFault> GetFaults() =>
        _archive is null ? Storage.GetFaults() : [.. Storage.GetFaults(), .. _archive.GetFaults()];

    /// <inheritdoc />
    public Task<CommandOutcome> ExecuteAsync(Command command, CancellationToken cancellationToken) =>
        BackupCommands.Takes(command)
            ? _backupCommands.ExecuteAsync(command, cancellationToken)
            : Writes.ExecuteAsync(command, cancellationToken);

    /// <summary>Writes all that is in memory to segments; completes when they are durable.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) => Storage.FlushAsync(cancellationToken);

    /// <summary>Flushes, then merges the segments that overlap; completes when that is done.</summary>
    public Task CompactAsync(CancellationToken cancellationToken) => Storage.CompactAsync(cancellationToken);

    /// <summary>Commits what is queued, flushes, and closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_archive is not null)
            {
                await _archive.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            // Whatever became of the archive: the storage commits and closes what it has.
            await Storage.DisposeAsync().ConfigureAwait(false);
        }

        Backups.Dispose();
        Snapshots.Dispose();
        _memory?.Dispose();
    }
}
