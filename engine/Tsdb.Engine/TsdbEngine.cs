using System.Diagnostics.CodeAnalysis;
using Tsdb.Core;
using Tsdb.Storage;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Devices;

namespace Tsdb.Engine;

/// <summary>One data directory and the databases in it: the embeddable engine. Thread safe.</summary>
#pragma warning disable CA1506 // Makes every part of a database.
public sealed class TsdbEngine : IAsyncDisposable
#pragma warning restore CA1506
{
    private readonly DatabaseOptions _options;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, (Database Database, LocalStorageDevice Device)> _databases =
        new(StringComparer.Ordinal);

    private bool _isClosed;

    private TsdbEngine(DatabaseOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
    }

    /// <summary>The databases, by name.</summary>
    public IReadOnlyList<Database> Databases
    {
        get
        {
            lock (_gate)
            {
                return [.. _databases.Values.Select(static entry => entry.Database)];
            }
        }
    }

    /// <summary>Opens a data directory and recovers every database in it.</summary>
    /// <param name="options">Which, and how.</param>
    /// <param name="clock">The time of arrivals and commits.</param>
    /// <exception cref="StorageLockedException">Another process has it open.</exception>
    /// <exception cref="IOException">A file is damaged or cannot be read; the exception says which and
    /// where.</exception>
    public static async Task<TsdbEngine> OpenAsync(DatabaseOptions options, TimeProvider clock)
    {
        TsdbEngine engine = new(options, clock);
        try
        {
            if (!Directory.Exists(options.DataDirectory))
            {
                LocalStorageDevice.CreateRoot(options.DataDirectory);
            }

            foreach (string directory in Directory
                .GetDirectories(options.DataDirectory).Order(StringComparer.Ordinal))
            {
                // A file system's own directories, as lost+found, are no databases.
                if (DatabaseName.IsValid(Path.GetFileName(directory)))
                {
                    engine.GetOrCreate(Path.GetFileName(directory));
                }
            }
        }
        catch
        {
            await engine.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return engine;
    }

    /// <summary>Finds a database.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Database? database)
    {
        lock (_gate)
        {
            database = _databases.GetValueOrDefault(name).Database;
            return database is not null;
        }
    }

    /// <summary>Finds a database, or makes it.</summary>
    /// <exception cref="InvalidDatabaseNameException">The name is not valid, or there are too
    /// many.</exception>
    public Database GetOrCreate(string name)
    {
        if (TryGet(name, out Database? found))
        {
            return found;
        }

        DatabaseName.Validate(name);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_databases.TryGetValue(name, out (Database Database, LocalStorageDevice Device) entry))
            {
                return entry.Database;
            }

            if (_databases.Count >= _options.DatabaseCountMax)
            {
                throw new InvalidDatabaseNameException(
                    name, $"the limit is {_options.DatabaseCountMax} databases");
            }

            return Open(name);
        }
    }

    /// <summary>Closes every database: commits what is queued, flushes, closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        (Database Database, LocalStorageDevice Device)[] open;
        lock (_gate)
        {
            _isClosed = true;
            open = [.. _databases.Values];
            _databases.Clear();
        }

        foreach ((Database database, LocalStorageDevice device) in open)
        {
            await database.DisposeAsync().ConfigureAwait(false);
            device.Dispose();
        }
    }

    private Database Open(string name)
    {
        LocalStorageDevice device = LocalStorageDevice.Open(Path.Combine(_options.DataDirectory, name));
        DatabaseMemory? memory = _options.Memory?.CreateDatabase(name);
        try
        {
#pragma warning disable CA2000 // The database owns it.
            StorageEngine storage = StorageEngine.Open(
                device,
                memory is null ? _options.Storage : _options.Storage with { Memory = memory },
                _clock);
#pragma warning restore CA2000
            DatabaseSnapshots snapshots = new(
                new SnapshotSource(storage, _clock), name, _options.DataDirectory);
            snapshots.RemoveInterrupted();
            DatabaseArchive? archive = DatabaseArchive.Start(
                _options, storage, name, _clock, memory?.Scratch);
            Database database = new(
                name,
                storage,
                new WritePath(storage, _options.Lines, _clock, memory),
                snapshots,
                new DatabaseBackups(snapshots, name, _clock) { OnBackedUp = lsn => archive?.NoteBackup(lsn) },
                _options.OpenBackupTarget,
                archive,
                memory);
            _databases.Add(name, (database, device));
            return database;
        }
        catch
        {
            memory?.Dispose();
            device.Dispose();
            throw;
        }
    }
}
