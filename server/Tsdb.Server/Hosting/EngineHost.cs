using System.Collections.Concurrent;
using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Query;
using Tsdb.Server.Backups;
using Tsdb.Server.Faults;
using Tsdb.Server.Options;
using Tsdb.Storage;
using Tsdb.Storage.Backups;

namespace Tsdb.Server.Hosting;

/// <summary>
/// The engine as requests see it: not there until its log is replayed, then the databases by name. Thread
/// safe.
/// </summary>
internal sealed class EngineHost(ServerOptions options, TimeProvider clock) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Database, ReadPath> _readPaths = new();
    private readonly long _openedStamp = clock.GetTimestamp();
    private volatile TsdbEngine? _engine;
    private QueryOptions? _queryOptions;
    private IBackupTarget? _archiveTarget;

    /// <summary>The accounts of the process.</summary>
    public MemoryBudget Memory { get; } = BudgetOf(options);

    /// <summary>Whether requests can be served.</summary>
    public bool IsOpen => _engine is not null;

    /// <summary>Whether rows of a log are still to come back.</summary>
    public bool IsReplaying => _engine?.Databases.Any(static d => d.Storage.Replay is not null) == true;

    /// <summary>Since the server started.</summary>
    public TimeSpan Uptime => clock.GetElapsedTime(_openedStamp);

    /// <summary>The engine.</summary>
    /// <exception cref="RequestFaultException">It is still opening.</exception>
    public TsdbEngine Engine => _engine
        ?? throw new RequestFaultException(FaultKind.Unavailable, "the data directory is still being opened");

    /// <summary>Opens the data directory; the rows of the logs come back while it serves.</summary>
    public async Task OpenAsync()
    {
        _archiveTarget = options.ArchiveTo is { } place ? TargetText.Open(place, mayCreate: true) : null;
        TsdbEngine engine = await TsdbEngine.OpenAsync(
            new DatabaseOptions
            {
                DataDirectory = options.DataDirectory,
                Memory = Memory,
                Storage = CreateStorageOptions(),
                OpenBackupTarget = new BackupPlaces(options).Open,
                ArchiveTarget = _archiveTarget,
                ArchiveInterval = options.ArchiveInterval,
            },
            clock);
        engine.GetOrCreate(DatabaseOptions.DefaultDatabase);
        _engine = engine;
    }

    /// <summary>Has memory ready for the first rows of the default database.</summary>
    public void PrepareMemory() =>
        Engine.GetOrCreate(DatabaseOptions.DefaultDatabase).Storage.PrepareMemory();

    /// <summary>The database to read from.</summary>
    /// <exception cref="RequestFaultException">There is none of that name.</exception>
    public Database Find(string? name)
    {
        string wanted = NameOf(name);
        return Engine.TryGet(wanted, out Database? database)
            ? database
            : throw new RequestFaultException(FaultKind.NotFound, $"there is no database '{wanted}'");
    }

    /// <summary>The database to write to, created on first use.</summary>
    public Database GetOrCreate(string? name) => Engine.GetOrCreate(NameOf(name));

    /// <summary>The databases that an empty name means all of.</summary>
    public IReadOnlyList<Database> FindAll(string? name) =>
        string.IsNullOrEmpty(name) ? Engine.Databases : [Find(name)];

    /// <summary>Runs SQL against the database.</summary>
    public ReadPath ReadPathOf(Database database) => _readPaths.GetOrAdd(
        database,
        static (key, host) => new ReadPath(key.Storage, host.QueryOptions, host.Clock, host.CommandsOf(key)),
        this);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_engine is TsdbEngine engine)
        {
            _engine = null;
            await engine.DisposeAsync();
        }

        (_archiveTarget as IDisposable)?.Dispose();
    }

    private StorageOptions CreateStorageOptions()
    {
        StorageOptions defaults = options.Storage;
        return defaults with
        {
            ReplaysInBackground = true,
            SkipsDamagedLog = options.SkipsDamagedLog,
            MemtableSizeBytesMax = options.MemtableSizeBytesMax ?? defaults.MemtableSizeBytesMax,
            MemtableCellCountMax = options.MemtableCellCountMax ?? defaults.MemtableCellCountMax,
            WalSizeBytesMax = options.WalSizeBytesMax ?? defaults.WalSizeBytesMax,
            UnarchivedLogSizeBytesMax =
                options.ArchiveTo is null ? null : options.UnarchivedLogSizeBytesMax,
        };
    }

    private TimeProvider Clock => clock;

    private Database? CommandsOf(Database database) => options.QueriesAreReadOnly ? null : database;

    private QueryOptions QueryOptions => _queryOptions ??= new QueryOptions
    {
        MemoryBytesMax = options.QueryMemoryBytesMax,
        RowCountMax = options.QueryRowCountMax ?? long.MaxValue,
        DurationMax = options.QueryDurationMax,
        UsesRollups = options.UsesRollups,
        Memory = Memory,
    };

    private static MemoryBudget BudgetOf(ServerOptions options) =>
        MemoryBudget.Create(options.MemoryLimitBytes ?? MemoryAccount.DetectProcessLimitBytes());

    private static string NameOf(string? name) =>
        string.IsNullOrEmpty(name) ? DatabaseOptions.DefaultDatabase : name;
}
