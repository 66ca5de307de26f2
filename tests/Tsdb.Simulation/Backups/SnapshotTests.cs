using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Simulation.Histories;
using Tsdb.Storage;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Devices;

namespace Tsdb.Simulation.Backups;

/// <summary>Snapshots of random histories hold exactly what they must, whatever goes on or goes
/// wrong.</summary>
public sealed class SnapshotTests
{
    private static readonly StorageOptions _options = new()
    {
        ShardCount = 2,
        WalFileSizeBytes = 64 << 10,
        MemtableSizeBytesMax = 1 << 20,
        LateSegmentCountMax = 2,
        SegmentCountMax = 4,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int> SeedData => [.. Seeds.First(4)];

    [Theory]
    [MemberData(nameof(SeedData))]
    public async Task A_snapshot_holds_what_was_acknowledged_before_it_and_goes_its_own_way(int seed)
    {
        RowGenerator generator = new(new Random(seed));
        SimulatedStorageDevice device = new();
        SnapshotFolder folder = new(SubdirectoryDevice.Create(device, "snapshots"));
        List<List<WrittenRow>> batches = [];
        Dictionary<string, int> batchCounts = [];
        await using (StorageEngine storage = Open(SubdirectoryDevice.Create(device, "db")))
        {
            for (int i = 0; i < 6; i++)
            {
                for (int j = 0; j < 3; j++)
                {
                    batches.Add(generator.NextBatch(30));
                    await WriteAsync(storage, batches[^1]);
                }

                SnapshotInfo info = await SnapshotAsync(storage, folder, $"s{i}");
                Assert.Equal(0, info.CopiedSegmentCount);
                batchCounts.Add(info.Name, batches.Count);
                await (i % 2 == 0 ? storage.CompactAsync(Token) : Task.CompletedTask);
            }

            Assert.Null(DatabaseReading.FindDifference(storage, DatabaseModel.After(batches)));
        }

        Assert.Equal(batchCounts.Keys, folder.List().Select(static info => info.Name));
        foreach ((string name, int batchCount) in batchCounts)
        {
            List<List<WrittenRow>> held = [.. batches.Take(batchCount)];
            SubdirectoryDevice copy = new(device, $"snapshots/{name}/db");
            Assert.Equal(0, StorageCheck.Run(copy, Assert.Fail, Token).DamageCount);
            await using StorageEngine opened = Open(copy);
            Assert.Null(DatabaseReading.FindDifference(opened, DatabaseModel.After(held)));
            held.Add(generator.NextBatch(30));
            await WriteAsync(opened, held[^1]);
            await opened.CompactAsync(Token);
            Assert.Null(DatabaseReading.FindDifference(opened, DatabaseModel.After(held)));
        }

        folder.Delete("s0");
        Assert.DoesNotContain(device.ListFiles(), static path => path.Contains("s0/"));
        await using StorageEngine again = Open(new SubdirectoryDevice(device, "db"));
        Assert.Null(DatabaseReading.FindDifference(again, DatabaseModel.After(batches)));
    }

    [Theory]
    [MemberData(nameof(SeedData))]
    public async Task A_snapshot_under_writes_flushes_and_merges_is_the_database_at_one_moment(int seed)
    {
        const int BatchCount = 60;
        RowGenerator generator = new(new Random(seed));
        List<List<WrittenRow>> batches =
            [.. Enumerable.Range(0, BatchCount).Select(_ => generator.NextBatch(20))];
        SimulatedStorageDevice device = new();
        SnapshotFolder folder = new(SubdirectoryDevice.Create(device, "snapshots"));
        List<(string Name, int CountMin, int CountMax)> taken = [];
        int acknowledgedCount = 0;
        int startedCount = 0;
        await using (StorageEngine storage = Open(SubdirectoryDevice.Create(device, "db")))
        {
            Task writing = Task.Run(
                async () =>
                {
                    foreach (List<WrittenRow> batch in batches)
                    {
                        Interlocked.Increment(ref startedCount);
                        await WriteAsync(storage, batch);
                        Interlocked.Increment(ref acknowledgedCount);
                    }
                },
                Token);
            Task merging = Task.Run(
                async () =>
                {
                    while (!writing.IsCompleted)
                    {
                        await storage.CompactAsync(Token);
                    }
                },
                Token);
            do
            {
                int countMin = Volatile.Read(ref acknowledgedCount);
                SnapshotInfo info =
                    await SnapshotAsync(storage, folder, $"s{taken.Count}");
                taken.Add((info.Name, countMin, Volatile.Read(ref startedCount)));
            }
            while (!writing.IsCompleted);

            await Task.WhenAll(writing, merging);
        }

        foreach ((string name, int countMin, int countMax) in taken)
        {
            await using StorageEngine opened = Open(new SubdirectoryDevice(device, $"snapshots/{name}/db"));
            string?[] differences =
            [
                .. Enumerable.Range(countMin, countMax - countMin + 1)
                    .SelectMany(count => ModelsOf(batches, count))
                    .Select(model => DatabaseReading.FindDifference(opened, model)),
            ];
            Assert.True(
                differences.Contains(null),
                $"seed {seed}, snapshot {name} after {countMin} to {countMax} batches: "
                    + string.Join("; ", differences));
        }
    }

    /// <summary>After some batches, without and with what the next one defines.</summary>
    private static IEnumerable<DatabaseModel> ModelsOf(List<List<WrittenRow>> batches, int count)
    {
        yield return DatabaseModel.After(batches.Take(count));
        if (count < batches.Count)
        {
            yield return DatabaseModel.After(batches.Take(count)).Define(batches[count]);
        }
    }

    [Theory]
    [MemberData(nameof(SeedData))]
    public async Task A_power_cut_at_any_call_of_a_snapshot_leaves_all_of_it_or_nothing(int seed)
    {
        bool isComplete = false;
        for (long call = 1 + (seed % 5); !isComplete; call += 5)
        {
            SimulatedStorageDevice device = new();
            List<List<WrittenRow>> batches = [];
            isComplete = await RunCutAsync(device, seed, call, batches);
            for (int recovery = 0; recovery < 4; recovery++)
            {
                SimulatedStorageDevice recovered = device.Recover((int)(call * 4) + recovery);
                await using (StorageEngine storage = Open(new SubdirectoryDevice(recovered, "db")))
                {
                    Assert.Null(DatabaseReading.FindDifference(storage, DatabaseModel.After(batches)));
                }

                SnapshotFolder folder = new(SubdirectoryDevice.Create(recovered, "snapshots"));
                int completeCount = folder.List().Count;
                Assert.True(completeCount == 1 || !isComplete);
                folder.RemoveInterrupted();
                Assert.Equal(completeCount, folder.List().Count);
                if (completeCount == 0)
                {
                    Assert.Empty(recovered.List("snapshots"));
                    continue;
                }

                await using StorageEngine opened = Open(new SubdirectoryDevice(recovered, "snapshots/s/db"));
                Assert.Null(DatabaseReading.FindDifference(opened, DatabaseModel.After(batches)));
            }
        }
    }

    [Fact]
    public async Task A_name_that_is_taken_or_leads_elsewhere_is_refused()
    {
        SimulatedStorageDevice device = new();
        SnapshotFolder folder = new(SubdirectoryDevice.Create(device, "snapshots"));
        await using StorageEngine storage = Open(SubdirectoryDevice.Create(device, "db"));
        await SnapshotAsync(storage, folder, "s");
        foreach ((string name, BackupFault fault) in new[]
        {
            ("s", BackupFault.NameTaken), ("", BackupFault.NameInvalid), ("../s", BackupFault.NameInvalid),
            ("a/b", BackupFault.NameInvalid), (".s", BackupFault.NameInvalid),
        })
        {
            BackupException refusal = await Assert.ThrowsAsync<BackupException>(
                () => SnapshotAsync(storage, folder, name));
            Assert.Equal(fault, refusal.Fault);
        }

        Assert.Equal(
            BackupFault.NotFound, Assert.Throws<BackupException>(() => folder.Delete("other")).Fault);
        Assert.Single(folder.List());
    }

    private static async Task<bool> RunCutAsync(
        SimulatedStorageDevice device, int seed, long call, List<List<WrittenRow>> batches)
    {
        RowGenerator generator = new(new Random(seed));
        PoweredDevice powered = new(device);
        SnapshotFolder folder = new(SubdirectoryDevice.Create(powered, "snapshots"));
        await using StorageEngine storage = Open(SubdirectoryDevice.Create(powered, "db"));
        for (int i = 0; i < 5; i++)
        {
            batches.Add(generator.NextBatch(20));
            await WriteAsync(storage, batches[^1]);
            await (i == 2 ? storage.FlushAsync(Token) : Task.CompletedTask);
        }

        device.FailCall(device.CallCount + call, InjectedFault.PowerCut);
        try
        {
            await SnapshotAsync(storage, folder, "s");
        }
        catch (IOException)
        {
            return false;
        }
        catch (StorageClosedException)
        {
            return false;
        }

        device.CutPower();
        return true;
    }

    private static Task<SnapshotInfo> SnapshotAsync(
        StorageEngine storage, SnapshotFolder folder, string name) =>
        new SnapshotSource(storage, TimeProvider.System).WriteAsync(folder, name, "db", Token);

    private static StorageEngine Open(IStorageDevice device) =>
        StorageEngine.Open(device, _options, TimeProvider.System);

    private static async Task WriteAsync(StorageEngine storage, List<WrittenRow> rows) =>
        await storage.AppendAsync(BatchBuilder.Build(rows), Durability.Fsync, new RejectLog(), Token);
}
