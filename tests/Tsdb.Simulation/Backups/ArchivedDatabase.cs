using System.Buffers.Binary;
using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Faults;
using Tsdb.Simulation.Histories;
using Tsdb.Storage;
using Tsdb.Storage.Archives;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Devices;

namespace Tsdb.Simulation.Backups;

/// <summary>A database on a simulated device with a clock of its own, backups and an archive; and what it was
/// after each commit.</summary>
internal sealed class ArchivedDatabase : IAsyncDisposable
{
    private readonly SimulatedStorageDevice _device = new();
    private readonly RowGenerator _generator;
    private readonly Random _random;
    private readonly StorageOptions _options;
    private readonly List<(long TimeNs, Action<DatabaseModel> Apply)> _commits = [];
    private int _snapshotCount;
    private int _restoreCount;

    public ArchivedDatabase(int seed, long heldSizeBytesMax)
    {
        _random = new Random(seed);
        _generator = new RowGenerator(_random);
        _options = new StorageOptions
        {
            ShardCount = 2,
            WalFileSizeBytes = 64 << 10,
            WalSizeBytesMax = 128 << 10,
            MemtableSizeBytesMax = 1 << 20,
            LateSegmentCountMax = 2,
            SegmentCountMax = 4,
            UnarchivedLogSizeBytesMax = heldSizeBytesMax,
        };
        Target = _device;
        Restart();
    }

    public ManualClock Clock { get; } = new();

    public StorageEngine Storage { get; private set; } = null!;

    public LogArchiver Archiver { get; private set; } = null!;

    /// <summary>The device of the target; a test may put another one in its place before a restart.</summary>
    public IStorageDevice Target { get; set; }

    public BackupStore Store => new(
        new FolderTarget(SubdirectoryDevice.Create(Target, "target"), "folder"), "db");

    public long NowNs => Timestamp.Now(Clock).UnixNs;

    /// <summary>Paths of the archive's pieces on the simulated device, by first LSN.</summary>
    public IEnumerable<string> ArchivedPieces => _device.ListFiles()
        .Where(static path => path.Contains("/archive/", StringComparison.Ordinal)
            && path.EndsWith(".log", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    /// <summary>Paths of the backups' manifests.</summary>
    public IEnumerable<string> BackupManifests => _device.ListFiles()
        .Where(static path => path.Contains("/backups/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    public byte[] Read(string path) => _device.ReadFile(path);

    public void Replace(string path, byte[] bytes)
    {
        _device.Delete(path);
        _device.PutFile(path, bytes);
    }

    public void Remove(string path) => _device.Delete(path);

    /// <summary>All calls of the device that the archive is on.</summary>
    public IReadOnlyList<DeviceCall> Calls => _device.Calls;

    /// <summary>Turns a bit of a frame in the database's log.</summary>
    /// <param name="lsn">The frame.</param>
    /// <param name="offsetBytes">Where in it.</param>
    public void DamageLog(ulong lsn, int offsetBytes)
    {
        foreach (string path in _device.ListFiles().Where(static path =>
            path.StartsWith("db/wal/0", StringComparison.Ordinal)))
        {
            byte[] bytes = _device.ReadFile(path);
            long sequence = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(32));
            for (int offset = 4096; offset < bytes.Length; offset += 4096)
            {
                ReadOnlySpan<byte> unit = bytes.AsSpan(offset, 4096);
                if (unit.StartsWith("TWFR"u8)
                    && BinaryPrimitives.ReadInt64LittleEndian(unit[24..]) == sequence
                    && BinaryPrimitives.ReadUInt64LittleEndian(unit[32..]) == lsn)
                {
                    using IStorageFile file = _device.Open(path, FileOpenMode.ReadWrite);
                    file.Write(offset + offsetBytes, [(byte)(unit[offsetBytes] ^ 1)]);
                    return;
                }
            }
        }

        Assert.Fail($"the log has no frame with LSN {lsn}");
    }

    /// <summary>How many things were committed.</summary>
    public int CommitCount => _commits.Count;

    public long TimeOf(int commit) => _commits[commit].TimeNs;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What the database was at a time.</summary>
    public DatabaseModel ModelAt(long timeNs)
    {
        DatabaseModel model = new();
        foreach ((_, Action<DatabaseModel> apply) in _commits.Where(commit => commit.TimeNs <= timeNs))
        {
            apply(model);
        }

        return model;
    }

    public async Task WriteAsync(int batchCount = 1)
    {
        for (int i = 0; i < batchCount; i++)
        {
            Tick();
            List<WrittenRow> rows = _generator.NextBatch(30);
            await Storage.AppendAsync(BatchBuilder.Build(rows), Durability.Fsync, new RejectLog(), Token);
            _commits.Add((NowNs, model => model.Apply(rows)));
        }
    }

    public async Task DeleteAsync()
    {
        if (RandomDelete.Draw(Storage, _generator, _random) is { } delete)
        {
            Tick();
            await Storage.ExecuteAsync(delete.Command, Token);
            _commits.Add((NowNs, delete.Apply));
        }
    }

    /// <summary>Deletes all rows of the first table.</summary>
    public async Task TruncateAsync()
    {
        Tick();
        TableSchema table = Storage.Catalog.Tables[0];
        RandomDelete delete = new(new DeleteRows(table.TableId, TimeRange.All, null), table.Name, null);
        await Storage.ExecuteAsync(delete.Command, Token);
        _commits.Add((NowNs, delete.Apply));
    }

    /// <summary>Sets how long the rows of the first table live.</summary>
    public async Task<long> AlterTableAsync(TimeSpan? ttl)
    {
        Tick();
        TableOptions options = new() { Ttl = ttl };
        CommandOutcome outcome = await Storage.ExecuteAsync(
            new SetTableOptions(Storage.Catalog.Tables[0].TableId, options), Token);
        Assert.Equal(CommandStatus.Done, outcome.Status);
        return NowNs;
    }

    public async Task DropTableAsync()
    {
        Tick();
        TableSchema table = Storage.Catalog.Tables[0];
        CommandOutcome outcome = await Storage.ExecuteAsync(new DropTable(table.TableId), Token);
        Assert.Equal(CommandStatus.Done, outcome.Status);
        _commits.Add((NowNs, model => model.Tables.Remove(table.Name)));
    }

    public async Task<BackupManifest> BackUpAsync()
    {
        Tick();
        string name = $"s{_snapshotCount++}";
        SnapshotFolder folder = new(SubdirectoryDevice.Create(_device, "snapshots"));
        await new SnapshotSource(Storage, Clock).WriteAsync(folder, name, "db", Token);
        BackupManifest backup = await new BackupWriter(Store, Clock).WriteAsync(
            new SubdirectoryDevice(_device, $"snapshots/{name}/db"), static _ => { }, Token);
        Archiver.NoteBackup(backup.Snapshot.Lsn);
        return backup;
    }

    public async Task ShipAsync()
    {
        Tick();
        await Archiver.ShipAsync(Token);
    }

    public async Task RestartAsync()
    {
        Archiver.Dispose();
        await Storage.DisposeAsync();
        Restart();
    }

    /// <summary>Restores to a point, and opens what came of it.</summary>
    public async Task<(RestoreReport Report, StorageEngine Restored)> RestoreAsync(RestorePoint point)
    {
        SubdirectoryDevice to = SubdirectoryDevice.Create(_device, $"restored{_restoreCount++}");
        RestoreReport report =
            await new PointInTimeRestore(Store).RunAsync(point, to, static _ => { }, Token);
        return (report, StorageEngine.Open(to, _options, Clock));
    }

    public async ValueTask DisposeAsync()
    {
        Archiver.Dispose();
        await Storage.DisposeAsync();
    }

    private void Tick() => Clock.Advance(TimeSpan.FromMilliseconds(_random.Next(1, 5000)));

    private void Restart()
    {
        Storage = StorageEngine.Open(SubdirectoryDevice.Create(_device, "db"), _options, Clock);
        Archiver = new LogArchiver(Storage, Store);
    }
}
