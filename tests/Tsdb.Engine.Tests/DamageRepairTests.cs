using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Faults;
using Tsdb.Storage;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Segments;

namespace Tsdb.Engine.Tests;

/// <summary>What an operator can do about a damaged block (docs/operating/faults.md): bring the file back
/// from a backup, or delete the rows that are lost.</summary>
public sealed class DamageRepairTests
{
    private const int FirstChunkOffsetBytes = 256;

    private static readonly StorageOptions _options = new()
    {
        WalFileSizeBytes = 64 << 10,
        ShardCount = 1,
        FaultRetryInterval = TimeSpan.FromMilliseconds(1),
        RollupInterval = TimeSpan.FromDays(1),
    };

    private readonly SimulatedStorageDevice _device = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SubdirectoryDevice Folder(string name) => SubdirectoryDevice.Create(_device, name);

    [Fact]
    public async Task The_file_of_a_restored_backup_takes_the_damaged_ones_place()
    {
        BackupStore store = new(new FolderTarget(Folder("target"), "folder"), "db");
        await using (StorageEngine storage = Open())
        {
            await WriteAsync(storage);
            await new SnapshotSource(storage, TimeProvider.System)
                .WriteAsync(new SnapshotFolder(Folder("snapshots")), "s", "db", Token);
            await new BackupWriter(store, TimeProvider.System).WriteAsync(
                new SubdirectoryDevice(_device, "snapshots/s/db"), static _ => { }, Token);

            // Rows of after the backup: they are in no file of it.
            await TestTable.WriteAsync(storage, "t,d=a v=4i 86400000000000\n");
        }

        string path = Flip();
        await using (StorageEngine damaged = Open())
        {
            await damaged.ScrubAsync(Token);
            Assert.Equal(path, "db/" + Assert.Single(damaged.GetStatistics().Damages).Path);
        }

        BackupManifest newest = (await store.ListAsync(Token))[^1];
        await new DatabaseRestore(store).RunAsync(newest, Folder("restored/db"), static _ => { }, Token);
        _device.PutFile(path, _device.ReadFile("restored/" + path));

        await using StorageEngine repaired = Open();
        await repaired.ScrubAsync(Token);
        Assert.Empty(repaired.GetFaults());
        Assert.Equal(["a 1 v=1", "a 2 v=2", "a 86400000000000 v=4"], TestTable.Read(repaired, "t"));
    }

    [Fact]
    public async Task Another_segments_file_is_not_taken_for_it()
    {
        await using (StorageEngine storage = Open())
        {
            await WriteAsync(storage);
            await TestTable.WriteAsync(storage, "t,d=a v=4i 86400000000000\n");
        }

        IReadOnlyList<string> files = Folder("db").List("segments");
        _device.PutFile("db/segments/" + files[0], _device.ReadFile("db/segments/" + files[1]));
        await using StorageEngine mistaken = Open();
        Assert.Equal("segment_damaged", Assert.Single(mistaken.GetFaults()).Kind);
        Assert.Throws<DamagedSegmentException>(() => TestTable.Read(mistaken, "t"));
    }

    [Fact]
    public async Task Deleting_the_rows_that_are_lost_lets_queries_go_on()
    {
        await using (StorageEngine storage = Open())
        {
            await WriteAsync(storage);
            await TestTable.WriteAsync(storage, "t,d=b v=8i 1\n");
        }

        Flip();
        await using StorageEngine damaged = Open();
        await damaged.ScrubAsync(Token);
        SegmentDamage part = Assert.Single(damaged.GetStatistics().Damages);
        Assert.Throws<SegmentCorruptException>(() => TestTable.Read(damaged, "t"));

        await damaged.ExecuteAsync(
            new DeleteRows(
                part.TableId!.Value,
                new TimeRange(part.FirstTimestampNs, part.LastTimestampNs + 1),
                [part.Series!.Value]),
            Token);
        Assert.Equal(["b 1 v=8"], TestTable.Read(damaged, "t"));
        await TestTable.WriteAsync(damaged, "t,d=a v=9i 2\n");
        await damaged.FlushAsync(Token);
        Assert.Equal(["a 2 v=9", "b 1 v=8"], TestTable.Read(damaged, "t"));
    }

    private static Task<RejectLog> WriteAsync(StorageEngine storage) =>
        TestTable.WriteAsync(storage, "t,d=a v=1i 1\nt,d=a v=2i 2\n");

    private StorageEngine Open() => StorageEngine.Open(
        Folder("db"), _options with { ErasureDeadline = TimeSpan.Zero }, TimeProvider.System);

    private string Flip()
    {
        string path = "db/segments/" + Folder("db").List("segments")[0];
        byte[] bytes = _device.ReadFile(path);
        bytes[FirstChunkOffsetBytes + 4] ^= 1;
        _device.PutFile(path, bytes);
        return path;
    }
}
