using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>Rows that outlive their table's time to live, and tables that are dropped: hidden to the
/// nanosecond, and their room is given back.</summary>
public sealed class ExpiryTests
{
    private const long HourNs = 3_600_000_000_000;
    private static readonly StorageOptions _options = new()
    {
        WalFileSizeBytes = 64 << 10,
        ErasureDeadline = TimeSpan.Zero,
        ShardCount = 2,
    };

    private readonly SimulatedStorageDevice _device = new();
    private readonly ManualClock _clock = new();

    private long NowNs => Timestamp.Now(_clock).UnixNs;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_older_than_their_time_to_live_are_hidden_to_the_nanosecond(bool flushes)
    {
        await using StorageEngine storage = Open();
        long limitNs = NowNs - (24 * HourNs);
        await WriteAsync(storage, "t", [limitNs - 1, limitNs, limitNs + 1]);
        await WriteAsync(storage, "u", [limitNs - 1]);
        if (flushes)
        {
            await storage.FlushAsync(TestContext.Current.CancellationToken);
        }

        await SetTtlAsync(storage, "t", TimeSpan.FromDays(1));
        await WriteNowAsync(storage);
        Assert.Equal([limitNs, limitNs + 1], Read(storage, "t"));
        Assert.Equal([limitNs - 1], Read(storage, "u"));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal([limitNs, limitNs + 1], Read(storage, "t"));
        await WriteNowAsync(storage);
        Assert.Empty(Read(storage, "t"));
    }

    [Fact]
    public async Task Segments_of_nothing_but_expired_rows_are_dropped_and_others_written_anew()
    {
        await using StorageEngine storage = Open();
        long dayNs = NowNs / (24 * HourNs) * 24 * HourNs;
        await WriteAsync(storage, "t", [dayNs - (48 * HourNs), dayNs - (48 * HourNs) + 1]);
        await storage.FlushAsync(TestContext.Current.CancellationToken);
        await WriteAsync(storage, "t", [dayNs - (2 * HourNs), dayNs - HourNs]);
        await WriteAsync(storage, "u", [dayNs - (2 * HourNs)]);
        await storage.FlushAsync(TestContext.Current.CancellationToken);
        await SetTtlAsync(storage, "t", TimeSpan.FromHours(24));
        await WriteNowAsync(storage);
        await storage.CompactAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, storage.GetStatistics().DroppedSegmentCount);
        _clock.Advance(TimeSpan.FromHours(30));
        await WriteNowAsync(storage);
        await storage.CompactAsync(TestContext.Current.CancellationToken);
        Assert.Empty(Read(storage, "t"));
        Assert.Equal([dayNs - (2 * HourNs)], Read(storage, "u"));

        // Without the time to live whatever is stored is seen.
        await SetTtlAsync(storage, "t", null);
        Assert.Empty(Read(storage, "t"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_has_expired_stays_gone_when_rows_may_live_longer(bool flushes)
    {
        long limitNs = NowNs - HourNs;
        List<long> kept = [limitNs, limitNs + 1, NowNs];
        await using (StorageEngine storage = Open())
        {
            await WriteNowAsync(storage);
            await WriteAsync(storage, "now", [limitNs - 1, limitNs, limitNs + 1]);
            if (flushes)
            {
                await storage.FlushAsync(TestContext.Current.CancellationToken);
            }

            await SetTtlAsync(storage, "now", TimeSpan.FromHours(1));
            await SetTtlAsync(storage, "now", TimeSpan.FromHours(2));
            Assert.Equal(kept, Read(storage, "now"));
            await SetTtlAsync(storage, "now", null);
            Assert.Equal(kept, Read(storage, "now"));

            // What comes now is not older than the change.
            await WriteAsync(storage, "now", [limitNs - 2]);
            kept.Insert(0, limitNs - 2);
            Assert.Equal(kept, Read(storage, "now"));
        }

        for (int seed = 0; seed < 4; seed++)
        {
            await using StorageEngine again = StorageEngine.Open(_device.Recover(seed), _options, _clock);
            Assert.Equal(kept, Read(again, "now"));
        }
    }

    [Fact]
    public async Task A_server_that_starts_with_a_clock_far_ahead_drops_nothing_for_rows_it_stamps_itself()
    {
        long limitNs = NowNs - HourNs;
        await using (StorageEngine storage = Open())
        {
            await WriteNowAsync(storage);
            await SetTtlAsync(storage, "now", TimeSpan.FromHours(1));
            await WriteAsync(storage, "now", [limitNs]);
        }

        long trueNs = NowNs;
        _clock.Jump(TimeSpan.FromDays(70 * 365));
        await using StorageEngine again = Open();
        for (int i = 0; i < 40; i++)
        {
            await TestTable.WriteAsync(again, "now v=1i\n", stampNs: NowNs);
        }

        await again.CompactAsync(TestContext.Current.CancellationToken);
        Assert.Equal([limitNs, trueNs, NowNs], Read(again, "now"));
    }

    [Fact]
    public async Task Expired_rows_in_memory_are_not_flushed()
    {
        await using StorageEngine storage = Open();
        long limitNs = NowNs - HourNs;
        await WriteNowAsync(storage);
        await SetTtlAsync(storage, "now", TimeSpan.FromHours(1));
        await WriteAsync(storage, "now", [limitNs - 2, limitNs - 1, limitNs]);
        await storage.FlushAsync(TestContext.Current.CancellationToken);
        await SetTtlAsync(storage, "now", null);
        Assert.Equal(2, Read(storage, "now").Distinct().Count());
    }

    [Fact]
    public async Task A_dropped_table_gives_its_room_back()
    {
        await using StorageEngine storage = Open();
        await WriteAsync(storage, "t", [1, 2, 3]);
        await storage.FlushAsync(TestContext.Current.CancellationToken);
        await WriteAsync(storage, "t", [4]);
        await storage.ExecuteAsync(
            new DropTable(TableOf(storage, "t").TableId), TestContext.Current.CancellationToken);
        await storage.CompactAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, storage.GetStatistics().SegmentCount);
        Assert.DoesNotContain(
            _device.ListFiles(), static name => name.EndsWith(".seg", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(70 * 365)]
    [InlineData(-50 * 365)]
    public async Task A_restart_with_a_wrong_clock_drops_nothing_and_shows_nothing_old(int days)
    {
        long limitNs = NowNs - HourNs;
        await using (StorageEngine storage = Open())
        {
            await WriteNowAsync(storage);
            await SetTtlAsync(storage, "now", TimeSpan.FromHours(1));
            await WriteAsync(storage, "now", [limitNs - 1, limitNs]);
            Assert.Equal([limitNs, NowNs], Read(storage, "now"));
        }

        long trueNs = NowNs;
        _clock.Jump(TimeSpan.FromDays(days));
        await using StorageEngine again = Open();
        await again.CompactAsync(TestContext.Current.CancellationToken);
        Assert.Equal([limitNs, trueNs], Read(again, "now"));
    }

    private static async Task WriteAsync(StorageEngine storage, string table, IEnumerable<long> timestampsNs)
    {
        foreach (long timestampNs in timestampsNs)
        {
            await TestTable.WriteAsync(storage, $"{table} v=1i {timestampNs}\n");
        }
    }

    private static async Task SetTtlAsync(StorageEngine storage, string table, TimeSpan? ttl) =>
        await storage.ExecuteAsync(
            new SetTableOptions(TableOf(storage, table).TableId, new TableOptions { Ttl = ttl }),
            TestContext.Current.CancellationToken);

    private static List<long> Read(StorageEngine storage, string table) =>
        [.. TestTable.Read(storage, table).Select(static row => long.Parse(
            row.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture))];

    private static TableSchema TableOf(StorageEngine storage, string name)
    {
        Assert.True(storage.Catalog.TryGetTable(name, out TableSchema? table));
        return table;
    }

    /// <summary>As many rows as it takes to bear the present out.</summary>
    private Task WriteNowAsync(StorageEngine storage) =>
        WriteAsync(storage, "now", [NowNs, NowNs, NowNs, NowNs]);

    private StorageEngine Open() => StorageEngine.Open(_device, _options, _clock);
}
