using System.Globalization;
using System.Text;
using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>A database with little memory: it flushes early, refuses when that does not help, and goes
/// on.</summary>
public sealed class MemoryLimitTests
{
    private const int BatchRowCount = 5000;
    private const int TextSizeBytes = 200;
    private const long SlabSizeBytes = 2L << 20;

    // Memtables may hold a fifth.
    private const long LimitBytes = 96L << 20;

    [Fact]
    public async Task Memtables_are_flushed_early_and_stay_within_their_share()
    {
        MemoryBudget budget = MemoryBudget.Create(LimitBytes);
        using DatabaseMemory memory = budget.CreateDatabase("small");
        await using StorageEngine storage =
            StorageEngine.Open(new SimulatedStorageDevice(), OptionsOf(memory), TimeProvider.System);
        for (int batch = 0; batch < 40; batch++)
        {
            await TestTable.WriteAsync(storage, BatchOf(batch));
        }

        Assert.True(storage.GetStatistics().FlushCount > 0);
        Assert.InRange(
            budget.Memtables.PeakBytes, 1, budget.Memtables.LimitBytes + (2 * SlabSizeBytes));
        Assert.Equal(40 * BatchRowCount, TestTable.Read(storage, "t").Count);
    }

    [Fact]
    public async Task Writes_are_refused_while_others_hold_the_memory_and_taken_afterwards()
    {
        MemoryBudget budget = MemoryBudget.Create(LimitBytes);
        using DatabaseMemory memory = budget.CreateDatabase("small");
        await using StorageEngine storage =
            StorageEngine.Open(new SimulatedStorageDevice(), OptionsOf(memory), TimeProvider.System);
        await TestTable.WriteAsync(storage, "t,d=a v=1i 1\n");

        using MemoryAccount others = budget.Memtables.CreateChild("others");
        long heldBytes = budget.Memtables.LimitBytes + 1;
        others.Charge(heldBytes);
        StorageClosedException refused = await Assert.ThrowsAsync<StorageClosedException>(
            () => TestTable.WriteAsync(storage, "t,d=a v=2i 2\n"));
        Assert.Equal(StorageRefusal.MemoryFull, refused.Refusal);
        Assert.NotNull(refused.RetryAfter);

        others.Release(heldBytes);
        await TestTable.WriteAsync(storage, "t,d=a v=3i 3\n");
        Assert.Equal(["a 1 v=1", "a 3 v=3"], TestTable.Read(storage, "t"));
    }

    [Fact]
    public async Task A_database_that_needs_memory_has_an_idle_one_flushed()
    {
        MemoryBudget budget = MemoryBudget.Create(LimitBytes);
        using DatabaseMemory idleMemory = budget.CreateDatabase("idle");
        await using StorageEngine idle =
            StorageEngine.Open(new SimulatedStorageDevice(), OptionsOf(idleMemory), TimeProvider.System);
        await TestTable.WriteAsync(idle, BatchOf(0));
        using DatabaseMemory asking = budget.CreateDatabase("asking");
        asking.AskOthersForRoom();

        // Comes after what was asked.
        await idle.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, idle.GetStatistics().FlushCount);
        Assert.Equal(BatchRowCount, TestTable.Read(idle, "t").Count);
    }

    [Fact]
    public async Task Indexes_of_segments_stay_within_their_share_and_are_read_again()
    {
        const int SeriesCount = 2000;
        const int FlushCount = 6;
        const long LeftBytes = 200_000;
        MemoryBudget budget = MemoryBudget.Create(LimitBytes);
        using DatabaseMemory memory = budget.CreateDatabase("small");
        SimulatedStorageDevice device = new();
        using MemoryAccount others = budget.SegmentIndexes.CreateChild("others");
        others.Charge(budget.SegmentIndexes.LimitBytes - LeftBytes);
        await using (StorageEngine storage =
            StorageEngine.Open(device, OptionsOf(memory), TimeProvider.System))
        {
            for (int flush = 0; flush < FlushCount; flush++)
            {
                await TestTable.WriteAsync(storage, ManySeries(SeriesCount, flush));
                await storage.FlushAsync(TestContext.Current.CancellationToken);
            }

            Assert.Equal(SeriesCount * FlushCount, TestTable.Read(storage, "t").Count);
        }

        // Opened anew, no more is held than before.
        await using StorageEngine again =
            StorageEngine.Open(device, OptionsOf(memory), TimeProvider.System);
        Assert.Equal(SeriesCount * FlushCount, TestTable.Read(again, "t").Count);
        Assert.InRange(memory.SegmentIndexes.UsedBytes, 1, 2 * LeftBytes);
    }

    [Fact]
    public async Task With_many_series_every_share_holds_and_every_row_is_found()
    {
        const int SeriesCount = 10_000;
        const int BatchCount = 8;
        MemoryBudget budget = MemoryBudget.Create(64L << 20);
        using DatabaseMemory memory = budget.CreateDatabase("small");
        await using StorageEngine storage =
            StorageEngine.Open(new SimulatedStorageDevice(), OptionsOf(memory), TimeProvider.System);
        for (int batch = 0; batch < BatchCount; batch++)
        {
            await TestTable.WriteAsync(storage, ManySeries(SeriesCount, batch));
        }

        await storage.CompactAsync(TestContext.Current.CancellationToken);
        Assert.True(storage.GetStatistics().FlushCount > 1);
        Assert.Equal(SeriesCount * BatchCount, TestTable.Read(storage, "t").Count);
        MemoryAccount[] bounded = [budget.Root, budget.Catalogues, budget.SegmentIndexes, budget.Scratch];
        Assert.All(bounded, static share => Assert.InRange(share.PeakBytes, 1, share.LimitBytes));
        Assert.InRange(budget.Memtables.PeakBytes, 1, budget.Memtables.LimitBytes + (4 * SlabSizeBytes));
    }

    [Fact]
    public async Task Series_beyond_the_memory_for_them_are_refused_and_known_ones_taken()
    {
        MemoryBudget budget = MemoryBudget.Create(LimitBytes);
        using DatabaseMemory memory = budget.CreateDatabase("small");
        await using StorageEngine storage =
            StorageEngine.Open(new SimulatedStorageDevice(), OptionsOf(memory), TimeProvider.System);
        await TestTable.WriteAsync(storage, "t,d=a v=1i 1\n");
        using MemoryAccount others = budget.Catalogues.CreateChild("others");
        others.Charge(budget.Catalogues.LimitBytes);
        RejectLog rejects = await TestTable.WriteAsync(storage, "t,d=b v=2i 2\nt,d=a v=3i 3\n");
        Assert.Equal(RejectReason.TooManySeries, Assert.Single(rejects.Entries).Reason);
        Assert.Equal(["a 1 v=1", "a 3 v=3"], TestTable.Read(storage, "t"));
    }

    private static StorageOptions OptionsOf(DatabaseMemory memory) => new()
    {
        ShardCount = 1,
        WalFileSizeBytes = 1 << 20,
        Memory = memory,
    };

    private static string BatchOf(int batch)
    {
        StringBuilder lines = new();
        string text = new('x', TextSizeBytes);
        for (int row = 0; row < BatchRowCount; row++)
        {
            int n = (batch * BatchRowCount) + row;
            lines.Append(
                CultureInfo.InvariantCulture,
                $"t,d=h{row % 500} a={n * 7919L % 1000003}i,b=\"{n}{text}\" {n + 1}\n");
        }

        return lines.ToString();
    }

    private static string ManySeries(int seriesCount, int step)
    {
        StringBuilder lines = new();
        for (int series = 0; series < seriesCount; series++)
        {
            lines.Append(
                CultureInfo.InvariantCulture,
                $"t,d=h{series} a={series}i,b={step}i,c={series + step}i {step + 1}\n");
        }

        return lines.ToString();
    }
}
