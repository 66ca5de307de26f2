using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Simulation.Histories;
using Tsdb.Storage;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Devices;

namespace Tsdb.Simulation.Backups;

/// <summary>Backups of random histories come back as they were, and what is damaged is named.</summary>
public sealed class BackupTests
{
    private static readonly StorageOptions _options = new()
    {
        ShardCount = 2,
        WalFileSizeBytes = 64 << 10,
        MemtableSizeBytesMax = 1 << 20,
        LateSegmentCountMax = 2,
        SegmentCountMax = 4,
    };

    private readonly SimulatedStorageDevice _device = new();
    private readonly List<List<WrittenRow>> _batches = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int> SeedData => [.. Seeds.First(4)];

    [Fact]
    public async Task A_backup_of_a_database_without_rows_comes_back_and_can_be_written()
    {
        BackupStore store = StoreOn(_device);
        await using (StorageEngine storage = Open(SubdirectoryDevice.Create(_device, "db")))
        {
            await BackUpAsync(storage, store, "empty");
        }

        BackupManifest backup = Assert.Single(await store.ListAsync(Token));
        SubdirectoryDevice restored = SubdirectoryDevice.Create(_device, "restored");
        await new DatabaseRestore(store).RunAsync(backup, restored, Ignore, Token);
        List<WrittenRow> rows = new RowGenerator(new Random(1)).NextBatch(30);
        await using (StorageEngine opened = Open(restored))
        {
            await AppendAsync(opened, rows);
            await opened.FlushAsync(Token);
        }

        await using StorageEngine again = Open(restored);
        Assert.Null(DatabaseReading.FindDifference(again, DatabaseModel.After([rows])));
    }

    [Theory]
    [MemberData(nameof(SeedData))]
    public async Task Each_backup_comes_back_as_the_database_was_and_can_be_written_again(int seed)
    {
        RowGenerator generator = new(new Random(seed));
        BackupStore store = StoreOn(_device);
        List<int> batchCounts = [];
        await using (StorageEngine storage = Open(SubdirectoryDevice.Create(_device, "db")))
        {
            for (int i = 0; i < 5; i++)
            {
                await WriteAsync(storage, generator, 3);
                await BackUpAsync(storage, store, $"s{i}");
                batchCounts.Add(_batches.Count);
                await (i % 2 == 0 ? storage.CompactAsync(Token) : Task.CompletedTask);
            }
        }

        IReadOnlyList<BackupManifest> backups = await store.ListAsync(Token);
        Assert.Equal(batchCounts.Count, backups.Count);
        for (int i = 0; i < backups.Count; i++)
        {
            Assert.Equal(0, await store.VerifyAsync(backups[i], static bad => throw bad, Ignore, Token));
            SubdirectoryDevice restored = SubdirectoryDevice.Create(_device, $"restored{i}");
            await new DatabaseRestore(store).RunAsync(backups[i], restored, Ignore, Token);
            List<List<WrittenRow>> held = [.. _batches.Take(batchCounts[i])];
            await using StorageEngine opened = Open(restored);
            Assert.Null(DatabaseReading.FindDifference(opened, DatabaseModel.After(held)));
            held.Add(generator.NextBatch(30));
            await AppendAsync(opened, held[^1]);
            Assert.Null(DatabaseReading.FindDifference(opened, DatabaseModel.After(held)));
        }
    }

    [Fact]
    public async Task What_is_there_is_not_sent_again_and_what_no_backup_names_is_removed()
    {
        RowGenerator generator = new(new Random(3));
        BackupStore store = StoreOn(_device);
        await using StorageEngine storage = Open(SubdirectoryDevice.Create(_device, "db"));
        await WriteAsync(storage, generator, 20);
        await storage.CompactAsync(Token);
        (BackupManifest first, List<string> firstSent) = await BackUpAsync(storage, store, "s0");
        Assert.Equal(first.Entries.Count, firstSent.Count);
        (BackupManifest second, List<string> secondSent) = await BackUpAsync(storage, store, "s1");
        Assert.Equal(first.Entries.Count, second.Entries.Count);
        Assert.DoesNotContain(secondSent, static path => path.EndsWith(".seg", StringComparison.Ordinal));
        await WriteAsync(storage, generator, 1);
        (BackupManifest third, List<string> thirdSent) = await BackUpAsync(storage, store, "s2");
        Assert.Equal(
            third.Entries.Select(static entry => entry.Key)
                .Except(second.Entries.Select(static entry => entry.Key)),
            third.Entries.Where(entry => thirdSent.Contains(entry.Path)).Select(static entry => entry.Key));
        Assert.Contains(thirdSent, static path => path.EndsWith(".seg", StringComparison.Ordinal));
        await storage.CompactAsync(Token);
        (BackupManifest last, _) = await BackUpAsync(storage, store, "s3");

        (int backupCount, int objectCount) = await store.PruneAsync(1, Token);
        Assert.Equal(3, backupCount);
        Assert.True(objectCount > 0);
        Assert.Equal(
            last.Entries.Select(static entry => entry.Key).Order(StringComparer.Ordinal),
            _device.ListFiles()
                .Where(static path => path.StartsWith("target/db/objects/", StringComparison.Ordinal))
                .Select(static path => path["target/".Length..]));
        Assert.Equal(0, await store.VerifyAsync(last, static damage => throw damage, Ignore, Token));
    }

    [Fact]
    public async Task A_damaged_and_a_missing_object_are_named_and_never_restored()
    {
        RowGenerator generator = new(new Random(5));
        BackupStore store = StoreOn(_device);
        await using StorageEngine storage = Open(SubdirectoryDevice.Create(_device, "db"));
        await WriteAsync(storage, generator, 5);
        (BackupManifest backup, _) = await BackUpAsync(storage, store, "s0");
        for (int i = 0; i < backup.Entries.Count; i++)
        {
            string path = "target/" + backup.Entries[i].Key;
            byte[] whole = _device.ReadFile(path);
            byte[] damaged = [.. whole];
            damaged[damaged.Length / 2] ^= 1;
            _device.PutFile(path, damaged);
            List<BackupException> found = [];
            Assert.Equal(1, await store.VerifyAsync(backup, found.Add, Ignore, Token));
            Assert.Equal(
                (backup.Entries[i].Key, BackupFault.ObjectDamaged), (found[0].Place, found[0].Fault));

            SubdirectoryDevice restored = SubdirectoryDevice.Create(_device, $"restored{i}");
            BackupException refusal = await Assert.ThrowsAsync<BackupException>(
                () => new DatabaseRestore(store).RunAsync(backup, restored, Ignore, Token));
            Assert.Equal(backup.Entries[i].Key, refusal.Place);
            Assert.ThrowsAny<IOException>(() => Open(restored));
            _device.PutFile(path, whole);
            await new DatabaseRestore(store).RunAsync(backup, restored, Ignore, Token);
            await using StorageEngine opened = Open(restored);
            Assert.Null(DatabaseReading.FindDifference(opened, DatabaseModel.After(_batches)));
        }

        _device.Delete("target/" + backup.Entries[0].Key);
        BackupException missing = await Assert.ThrowsAsync<BackupException>(() => new DatabaseRestore(store)
            .RunAsync(backup, SubdirectoryDevice.Create(_device, "last"), Ignore, Token));
        Assert.Equal((backup.Entries[0].Key, BackupFault.ObjectMissing), (missing.Place, missing.Fault));
        string manifest = $"target/db/backups/{backup.Id}.json";
        byte[] bytes = _device.ReadFile(manifest);
        bytes[20] ^= 1;
        _device.PutFile(manifest, bytes);
        Assert.Equal(
            BackupFault.ObjectDamaged,
            (await Assert.ThrowsAsync<BackupException>(() => store.ListAsync(Token))).Fault);
    }

    [Fact]
    public async Task A_directory_with_anything_in_it_is_not_restored_over()
    {
        BackupStore store = StoreOn(_device);
        await using StorageEngine storage = Open(SubdirectoryDevice.Create(_device, "db"));
        await WriteAsync(storage, new RowGenerator(new Random(7)), 2);
        (BackupManifest backup, _) = await BackUpAsync(storage, store, "s0");
        BackupException refusal = await Assert.ThrowsAsync<BackupException>(() =>
            new DatabaseRestore(store).RunAsync(
                backup, new SubdirectoryDevice(_device, "db"), Ignore, Token));
        Assert.Equal(BackupFault.TargetNotEmpty, refusal.Fault);
        Assert.Null(DatabaseReading.FindDifference(storage, DatabaseModel.After(_batches)));
    }

    [Theory]
    [MemberData(nameof(SeedData))]
    public async Task A_power_cut_at_any_call_of_a_backup_leaves_no_half_one_and_the_next_goes_on(int seed)
    {
        RowGenerator generator = new(new Random(seed));
        await using (StorageEngine storage = Open(SubdirectoryDevice.Create(_device, "db")))
        {
            await WriteAsync(storage, generator, 4);
            SnapshotFolder folder = new(SubdirectoryDevice.Create(_device, "snapshots"));
            await new SnapshotSource(storage, TimeProvider.System)
            .WriteAsync(folder, "s", "db", Token);
        }

        bool isComplete = false;
        for (long call = 1 + (seed % 4); !isComplete; call += 4)
        {
            SimulatedStorageDevice device = _device.Recover(1);
            device.FailCall(call, InjectedFault.PowerCut);
            isComplete = await TryAsync(() => SendAsync(new PoweredDevice(device)));
            SimulatedStorageDevice recovered = device.Recover((int)call + seed);
            BackupStore store = StoreOn(recovered);
            Assert.InRange((await store.ListAsync(Token)).Count, isComplete ? 1 : 0, 1);
            await SendAsync(recovered);
            BackupManifest backup = (await store.ListAsync(Token))[^1];
            SubdirectoryDevice restored = SubdirectoryDevice.Create(recovered, "restored");
            await new DatabaseRestore(store).RunAsync(backup, restored, Ignore, Token);
            await using StorageEngine opened = Open(restored);
            Assert.Null(DatabaseReading.FindDifference(opened, DatabaseModel.After(_batches)));
        }
    }

    [Theory]
    [MemberData(nameof(SeedData))]
    public async Task A_power_cut_at_any_call_of_a_restore_leaves_nothing_that_opens_half(int seed)
    {
        await using (StorageEngine storage = Open(SubdirectoryDevice.Create(_device, "db")))
        {
            await WriteAsync(storage, new RowGenerator(new Random(seed)), 4);
            await BackUpAsync(storage, StoreOn(_device), "s");
        }

        SubdirectoryDevice.Create(_device, "restored");
        bool isComplete = false;
        for (long call = 1 + (seed % 4); !isComplete; call += 4)
        {
            SimulatedStorageDevice device = _device.Recover(1);
            device.FailCall(call, InjectedFault.PowerCut);
            isComplete = await TryAsync(() => RestoreAsync(new PoweredDevice(device)));
            SimulatedStorageDevice recovered = device.Recover((int)call + seed);
            bool isMarked = recovered.Exists("restored/restore-incomplete");
            Assert.True(isMarked || recovered.Exists("restored/manifest/superblock")
                || recovered.List("restored").Count == 0);
            await (isMarked || recovered.List("restored").Count == 0
                ? RestoreAsync(recovered)
                : Task.CompletedTask);
            await using StorageEngine opened = Open(new SubdirectoryDevice(recovered, "restored"));
            Assert.Null(DatabaseReading.FindDifference(opened, DatabaseModel.After(_batches)));
        }
    }

    private static async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static Task<BackupManifest> SendAsync(IStorageDevice device) =>
        new BackupWriter(StoreOn(device), TimeProvider.System)
            .WriteAsync(
        new SubdirectoryDevice(device, "snapshots/s/db"), Ignore, Token);

    private static async Task RestoreAsync(IStorageDevice device)
    {
        BackupStore store = StoreOn(device);
        BackupManifest backup = Assert.Single(await store.ListAsync(Token));
        await new DatabaseRestore(store).RunAsync(
            backup, new SubdirectoryDevice(device, "restored"), Ignore, Token);
    }

    private static BackupStore StoreOn(IStorageDevice device) => new(
        new FolderTarget(SubdirectoryDevice.Create(device, "target"), "folder"), "db");

    /// <summary>Gives the backup and the files that were sent for it.</summary>
    private async Task<(BackupManifest Backup, List<string> Sent)> BackUpAsync(
        StorageEngine storage, BackupStore store, string name)
    {
        SnapshotFolder folder = new(SubdirectoryDevice.Create(_device, "snapshots"));
        await new SnapshotSource(storage, TimeProvider.System)
            .WriteAsync(folder, name, "db", Token);
        List<string> sent = [];
        long sentBytes = 0;
        BackupManifest backup = await new BackupWriter(store, TimeProvider.System).WriteAsync(
            new SubdirectoryDevice(_device, $"snapshots/{name}/db"),
            progress =>
            {
                if (progress.MovedSizeBytes > sentBytes)
                {
                    sent.Add(progress.Path);
                    sentBytes = progress.MovedSizeBytes;
                }
            },
            Token);
        folder.Delete(name);
        return (backup, sent);
    }

    private async Task WriteAsync(StorageEngine storage, RowGenerator generator, int batchCount)
    {
        for (int i = 0; i < batchCount; i++)
        {
            _batches.Add(generator.NextBatch(30));
            await AppendAsync(storage, _batches[^1]);
        }
    }

    private static async Task AppendAsync(StorageEngine storage, List<WrittenRow> rows) =>
        await storage.AppendAsync(BatchBuilder.Build(rows), Durability.Fsync, new RejectLog(), Token);

    private static StorageEngine Open(IStorageDevice device) =>
        StorageEngine.Open(device, _options, TimeProvider.System);

    private static void Ignore(BackupProgress progress)
    {
    }
}
