using System.Globalization;
using System.Text;
using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>A device that fills up: rows are refused before it is full, what frees room goes on, and with the
/// room all comes back without a restart.</summary>
public sealed class DiskFullTests
{
    private const long ReserveSizeBytes = 1 << 20;
    private const int Seed = 17;

    private static readonly StorageOptions _options = new()
    {
        WalFileSizeBytes = 1 << 20,
        ShardCount = 1,
        DiskReserveSizeBytes = ReserveSizeBytes,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_are_refused_below_the_reserve_while_reads_deletes_and_drops_go_on()
    {
        ManualClock clock = new();
        SimulatedStorageDevice device = new();
        await using StorageEngine storage = StorageEngine.Open(device, _options, clock);
        await TestTable.WriteAsync(storage, "t,d=a v=1i 1\nt,d=b v=2i 2\n");
        await TestTable.WriteAsync(storage, Noise(rowCount: 300_000));
        await storage.FlushAsync(Token);
        Assert.Empty(storage.GetFaults());

        // Another program fills the device.
        device.CapacityBytes = UsedBytes(device) + (ReserveSizeBytes / 2);
        clock.Advance(TimeSpan.FromSeconds(1));
        StorageClosedException refused = await Assert.ThrowsAsync<StorageClosedException>(
            () => TestTable.WriteAsync(storage, "t,d=a v=3i 3\n"));
        Assert.Equal(StorageRefusal.DiskFull, refused.Refusal);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.RetryAfter);
        StorageFault fault = Assert.Single(storage.GetFaults());
        Assert.Equal("disk_full", fault.Kind);
        Assert.True(fault.RefusesWrites);
        Assert.InRange(storage.GetStatistics().DeviceFreeSizeBytes, 1, ReserveSizeBytes);
        Assert.Equal(["a 1 v=1", "b 2 v=2"], TestTable.Read(storage, "t"));

        DeleteRows delete = new(IdOf(storage, "t"), new TimeRange(2, 3), null);
        Assert.Equal(CommandStatus.Done, (await storage.ExecuteAsync(delete, Token)).Status);
        Assert.Equal(["a 1 v=1"], TestTable.Read(storage, "t"));
        await storage.ExecuteAsync(new DropTable(IdOf(storage, "noise")), Token);
        await storage.CompactAsync(Token);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(storage.GetFaults());
        await TestTable.WriteAsync(storage, "t,d=a v=4i 4\n");
        Assert.Equal(["a 1 v=1", "a 4 v=4"], TestTable.Read(storage, "t"));
    }

    [Fact]
    public async Task A_database_starts_on_a_device_that_has_no_room_for_a_log_file()
    {
        ManualClock clock = new();
        SimulatedStorageDevice device = new();
        await using (StorageEngine storage = StorageEngine.Open(device, _options, clock))
        {
            await TestTable.WriteAsync(storage, "t v=1i 1\n");
        }

        device.CapacityBytes = UsedBytes(device) + (64 << 10);
        await using StorageEngine again = StorageEngine.Open(device, _options, clock);
        Assert.Equal("disk_full", Assert.Single(again.GetFaults()).Kind);
        Assert.Equal(["1 v=1"], TestTable.Read(again, "t"));
        device.CapacityBytes = UsedBytes(device) + (64 << 20);
        clock.Advance(TimeSpan.FromSeconds(1));
        await TestTable.WriteAsync(again, "t v=2i 2\n");
        await again.FlushAsync(Token);
        Assert.Equal(["1 v=1", "2 v=2"], TestTable.Read(again, "t"));
    }

    [Fact]
    public async Task A_flush_that_finds_no_room_gets_the_ballasts_and_the_ballast_comes_back()
    {
        ManualClock clock = new();
        SimulatedStorageDevice device = new();
        StorageOptions options = _options with { DiskReserveSizeBytes = 0, BallastSizeBytes = 4 << 20 };
        await using StorageEngine storage = StorageEngine.Open(device, options, clock);
        Assert.Equal(4 << 20, device.ReadFile("ballast").Length);
        await TestTable.WriteAsync(storage, "t v=1i 1\n");
        device.CapacityBytes = UsedBytes(device);
        await Assert.ThrowsAsync<StorageClosedException>(() => storage.FlushAsync(Token));
        Assert.DoesNotContain("ballast", device.ListFiles());
        await RetryAsync(storage, clock);
        Assert.Empty(storage.GetFaults());
        Assert.Equal(1, storage.GetStatistics().SegmentCount);

        device.CapacityBytes = UsedBytes(device) + (64 << 20);
        clock.Advance(TimeSpan.FromSeconds(1));
        await TestTable.WriteAsync(storage, "t v=2i 2\n");
        Assert.Contains("ballast", device.ListFiles());
        Assert.Equal(["1 v=1", "2 v=2"], TestTable.Read(storage, "t"));
    }

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_the_device_runs_full_under_load()
    {
        ManualClock clock = new();
        SimulatedStorageDevice device = new() { CapacityBytes = 12 << 20 };
        StorageOptions options = _options with { BallastSizeBytes = 1 << 20, MemtableSizeBytesMax = 2 << 20 };
        int acknowledgedCount = 0;
        await using (StorageEngine storage = StorageEngine.Open(device, options, clock))
        {
            StorageClosedException? refused = null;
            for (int batch = 0; refused is null; batch++)
            {
                Assert.InRange(batch, 0, 1000);
                clock.Advance(TimeSpan.FromSeconds(1));
                refused = await Record.ExceptionAsync(
                    () => TestTable.WriteAsync(storage, Noise(10_000, batch))) as StorageClosedException;
                acknowledgedCount += refused is null ? 10_000 : 0;
            }

            Assert.NotNull(refused.RetryAfter);
            Assert.Equal(acknowledgedCount, TestTable.Read(storage, "noise").Count);
        }

        SimulatedStorageDevice after = device.Recover(0);
        after.CapacityBytes = 12 << 20;
        await using StorageEngine recovered = StorageEngine.Open(after, options, clock);
        Assert.Equal(acknowledgedCount, TestTable.Read(recovered, "noise").Count);
    }

    private static string Noise(int rowCount, int batch = 0)
    {
        Random random = new(Seed + batch);
        StringBuilder lines = new();
        for (int row = 0; row < rowCount; row++)
        {
            lines.Append(CultureInfo.InvariantCulture, $"noise v={random.NextDouble():R} ")
                .Append(CultureInfo.InvariantCulture, $"{((long)batch * rowCount) + row + 1}\n");
        }

        return lines.ToString();
    }

    private static int IdOf(StorageEngine storage, string name)
    {
        Assert.True(storage.Catalog.TryGetTable(name, out TableSchema? table));
        return table.TableId;
    }

    private static long UsedBytes(SimulatedStorageDevice device) =>
        device.ListFiles().Sum(path => (long)device.ReadFile(path).Length);

    private static async Task RetryAsync(StorageEngine storage, ManualClock clock)
    {
        for (int i = 0; ; i++)
        {
            Assert.InRange(i, 0, 1_000_000);
            clock.Advance(TimeSpan.FromSeconds(32));
            if (await Record.ExceptionAsync(() => storage.FlushAsync(Token)) is null)
            {
                return;
            }
        }
    }
}
