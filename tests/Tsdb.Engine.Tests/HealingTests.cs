using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>A device that fails for a while: writers are told why and when to come back, and afterwards all
/// goes on without a restart.</summary>
public sealed class HealingTests
{
    private static readonly StorageOptions _options = new()
    {
        WalFileSizeBytes = 64 << 10,
        ShardCount = 1,
        MemtableSizeBytesMax = 64 << 20,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DeviceOperation.SyncData, InjectedFault.IoError, false)]
    [InlineData(DeviceOperation.SyncData, InjectedFault.IoError, true)]
    [InlineData(DeviceOperation.Write, InjectedFault.IoError, false)]
    [InlineData(DeviceOperation.Write, InjectedFault.OutOfSpace, false)]
    [InlineData(DeviceOperation.Write, InjectedFault.ShortWrite, true)]
    public async Task A_log_that_cannot_be_written_refuses_until_a_new_file_can_be_and_then_goes_on(
        DeviceOperation operation, InjectedFault fault, bool keepsReadable)
    {
        ManualClock clock = new();
        SimulatedStorageDevice device = new() { KeepsUnsyncedReadable = keepsReadable };
        await using StorageEngine storage = StorageEngine.Open(device, _options, clock);
        await TestTable.WriteAsync(storage, "t,d=a v=1i 1\n");
        device.Rule = (called, path) => called == operation && IsLog(path) ? fault : null;
        StorageClosedException refused = await Assert.ThrowsAsync<StorageClosedException>(
            () => TestTable.WriteAsync(storage, "t,d=b,e=c v=2i,w=2i 2\n"));
        Assert.Equal(StorageRefusal.LogFailed, refused.Refusal);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.RetryAfter);
        Assert.NotNull(storage.GetStatistics().ReadOnlyReason);

        // Still failing: a try does not help, and readers go on.
        clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<StorageClosedException>(
            () => TestTable.WriteAsync(storage, "t,d=a v=3i 3\n"));
        Assert.Contains("a - 1 v=1", Join(TestTable.Read(storage, "t")), StringComparison.Ordinal);

        device.Rule = null;
        await HealAsync(storage, clock);
        await TestTable.WriteAsync(storage, "t,d=b,e=c v=4i,w=4i 4\n");
        List<string> expected = ["a - 1 v=1 w=-", "b c 4 v=4 w=4"];
        Assert.Equal(expected, TestTable.Read(storage, "t"));
        for (int seed = 0; seed < 8; seed++)
        {
            await using StorageEngine recovered =
                StorageEngine.Open(device.Recover(seed), _options, TimeProvider.System);
            Assert.Equal(expected, TestTable.Read(recovered, "t"));
        }
    }

    [Fact]
    public async Task Rows_acknowledged_without_a_sync_are_logged_again_when_a_sync_fails()
    {
        ManualClock clock = new();
        SimulatedStorageDevice device = new();
        await using StorageEngine storage = StorageEngine.Open(device, _options, clock);
        await TestTable.WriteAsync(storage, "t v=1i 1\n", Durability.Os);
        await TestTable.WriteAsync(storage, "t v=2i 2\n", Durability.Memory);
        int failCount = 0;
        device.Rule = (called, path) =>
            called == DeviceOperation.SyncData && IsLog(path) && failCount++ == 0
                ? InjectedFault.IoError
                : null;
        await TestTable.WriteAsync(storage, "t v=3i 3\n");
        Assert.True(failCount > 1);
        await using StorageEngine recovered =
            StorageEngine.Open(device.Recover(0), _options, TimeProvider.System);
        Assert.Equal(["1 v=1", "2 v=2", "3 v=3"], TestTable.Read(recovered, "t"));
    }

    [Theory]
    [InlineData("segments/", DeviceOperation.Write)]
    [InlineData("segments/", DeviceOperation.SyncData)]
    [InlineData("segments", DeviceOperation.SyncDirectory)]
    [InlineData("manifest", DeviceOperation.Write)]
    [InlineData("manifest", DeviceOperation.SyncData)]
    [InlineData("cat", DeviceOperation.SyncData)]
    public async Task A_flush_that_fails_is_tried_again_and_nothing_is_lost_or_doubled(
        string prefix, DeviceOperation operation)
    {
        ManualClock clock = new();
        SimulatedStorageDevice device = new();
        await using StorageEngine storage = StorageEngine.Open(device, _options, clock);
        await TestTable.WriteAsync(storage, "t,d=a v=1i 1\n");
        device.Rule = (called, path) =>
            called == operation && path.StartsWith(prefix, StringComparison.Ordinal)
                ? InjectedFault.IoError
                : null;
        await Assert.ThrowsAsync<StorageClosedException>(() => storage.FlushAsync(Token));
        await TestTable.WriteAsync(storage, "t,d=a v=2i 2\n");
        Assert.Equal(["a 1 v=1", "a 2 v=2"], TestTable.Read(storage, "t"));
        device.Rule = null;
        await FlushWhenHealedAsync(storage, clock);
        Assert.Equal(["a 1 v=1", "a 2 v=2"], TestTable.Read(storage, "t"));
        Assert.InRange(storage.GetStatistics().SegmentCount, 1, 2);
        for (int seed = 0; seed < 8; seed++)
        {
            await using StorageEngine recovered =
                StorageEngine.Open(device.Recover(seed), _options, TimeProvider.System);
            Assert.Equal(["a 1 v=1", "a 2 v=2"], TestTable.Read(recovered, "t"));
        }
    }

    [Fact]
    public async Task Writes_are_refused_only_when_memory_is_full_and_taken_again_when_it_is_not()
    {
        ManualClock clock = new();
        SimulatedStorageDevice device = new();

        // The smallest memtable is full with its first rows.
        StorageOptions options = _options with { MemtableSizeBytesMax = 1 << 20 };
        await using StorageEngine storage = StorageEngine.Open(device, options, clock);
        device.Rule = static (called, path) =>
            called == DeviceOperation.Write && path.StartsWith("segments/", StringComparison.Ordinal)
                ? InjectedFault.OutOfSpace
                : null;
        int acknowledgedCount = 0;
        StorageClosedException? refused = null;
        while (refused is null)
        {
            Assert.InRange(acknowledgedCount, 0, 100);
            refused = await Record.ExceptionAsync(
                () => TestTable.WriteAsync(storage, $"t v={acknowledgedCount}i {acknowledgedCount + 1}\n"))
                as StorageClosedException;
            acknowledgedCount += refused is null ? 1 : 0;
        }

        Assert.Equal(StorageRefusal.MemoryFull, refused.Refusal);
        Assert.NotNull(refused.RetryAfter);
        Assert.True(acknowledgedCount >= 2);
        device.Rule = null;
        await FlushWhenHealedAsync(storage, clock);
        await TestTable.WriteAsync(storage, $"t v=7i 1000\n");
        Assert.Equal(acknowledgedCount + 1, TestTable.Read(storage, "t").Count);
    }

    /// <summary>Before rows may live longer, those that have expired are deleted, and with that another
    /// memtable takes the commits; then the log fails.</summary>
    [Fact]
    public async Task A_change_of_options_of_which_the_log_takes_a_part_loses_no_rows()
    {
        ManualClock clock = new();
        SimulatedStorageDevice device = new();
        await using StorageEngine storage = StorageEngine.Open(device, _options, clock);
        long nowNs = Timestamp.Now(clock).UnixNs;
        long expiredNs = nowNs - (7_200 * Timestamp.NsPerSecond);
        string now = $"u v=1i {nowNs}\n";
        await TestTable.WriteAsync(storage, now + now + now + now);
        Assert.True(storage.Catalog.TryGetTable("u", out TableSchema? table));
        await storage.ExecuteAsync(
            new SetTableOptions(table.TableId, new TableOptions { Ttl = TimeSpan.FromHours(1) }), Token);
        await TestTable.WriteAsync(storage, $"t v=1i 1\nu v=2i {expiredNs}\n");
        bool isDeleted = false;
        device.Rule = (called, path) =>
        {
            isDeleted |= path.StartsWith("manifest", StringComparison.Ordinal);
            return isDeleted && called == DeviceOperation.SyncData && IsLog(path)
                ? InjectedFault.IoError
                : null;
        };
        await Assert.ThrowsAsync<StorageClosedException>(() => storage.ExecuteAsync(
            new SetTableOptions(table.TableId, TableOptions.None), Token));
        Assert.True(isDeleted);
        device.Rule = null;
        await HealAsync(storage, clock);
        await TestTable.WriteAsync(storage, "t v=2i 2\n");
        await FlushWhenHealedAsync(storage, clock);
        await CheckRecoveredAsync(device, ["1 v=1", "2 v=2"]);
    }

    /// <summary>The delete is in the log by then, and must not come to life from there.</summary>
    [Theory]
    [InlineData(DeviceOperation.Write, InjectedFault.IoError)]
    [InlineData(DeviceOperation.Write, InjectedFault.OutOfSpace)]
    [InlineData(DeviceOperation.SyncData, InjectedFault.IoError)]
    public async Task A_delete_that_the_manifest_does_not_take_is_refused_whole_and_may_be_asked_for_again(
        DeviceOperation operation, InjectedFault fault)
    {
        SimulatedStorageDevice device = new();
        await using StorageEngine storage = StorageEngine.Open(device, _options, new ManualClock());
        await TestTable.WriteAsync(storage, "t v=1i 1\n");
        await storage.FlushAsync(Token);
        await TestTable.WriteAsync(storage, "t v=2i 2\n");
        Assert.True(storage.Catalog.TryGetTable("t", out TableSchema? table));
        DeleteRows delete = new(table.TableId, TimeRange.All, null);
        device.Rule = (called, path) =>
            called == operation && path.StartsWith("manifest", StringComparison.Ordinal) ? fault : null;
        for (int i = 0; i < 2; i++)
        {
            StorageClosedException refused = await Assert.ThrowsAsync<StorageClosedException>(
                () => storage.ExecuteAsync(delete, Token));
            Assert.Equal(StorageRefusal.ManifestFailed, refused.Refusal);
            Assert.Equal(TimeSpan.FromSeconds(1), refused.RetryAfter);
            Assert.Equal(["1 v=1", "2 v=2"], TestTable.Read(storage, "t"));
        }

        await TestTable.WriteAsync(storage, "t v=3i 3\n");
        for (int seed = 0; seed < 8; seed++)
        {
            // Cut off here, whether the delete holds is open; but both rows share its fate.
            await using StorageEngine recovered =
                StorageEngine.Open(device.Recover(seed), _options, TimeProvider.System);
            Assert.Contains(Join(TestTable.Read(recovered, "t")), new[] { "3 v=3", "1 v=1\n2 v=2\n3 v=3" });
        }

        device.Rule = null;
        await storage.FlushAsync(Token);
        await storage.CompactAsync(Token);
        Assert.Equal(["1 v=1", "2 v=2", "3 v=3"], TestTable.Read(storage, "t"));
        await CheckRecoveredAsync(device, ["1 v=1", "2 v=2", "3 v=3"]);

        CommandOutcome outcome = await storage.ExecuteAsync(delete, Token);
        Assert.Equal(CommandStatus.Done, outcome.Status);
        await TestTable.WriteAsync(storage, "t v=4i 1\n");
        Assert.Equal(["1 v=4"], TestTable.Read(storage, "t"));
        await CheckRecoveredAsync(device, ["1 v=4"]);
    }

    /// <summary>A replay leaves out what is deleted, so no memtable holds it; but the log does, and the
    /// delete must be known as long.</summary>
    [Fact]
    public async Task A_delete_whose_rows_are_in_the_log_only_outlives_every_restart()
    {
        SimulatedStorageDevice device = new();
        await using (StorageEngine storage = StorageEngine.Open(device, _options, new ManualClock()))
        {
            await TestTable.WriteAsync(storage, "t v=0i 0\n");
            await storage.FlushAsync(Token);
            await TestTable.WriteAsync(storage, "t v=1i 1\nt v=2i 2\n");
            Assert.True(storage.Catalog.TryGetTable("t", out TableSchema? table));
            device.Rule = static (called, path) =>
                called == DeviceOperation.Write && path.StartsWith("segments/", StringComparison.Ordinal)
                    ? InjectedFault.IoError
                    : null;
            await storage.ExecuteAsync(new DeleteRows(table.TableId, TimeRange.All, null), Token);
        }

        SimulatedStorageDevice recovered = device.Recover(1);
        for (int start = 0; start < 3; start++)
        {
            await using StorageEngine storage =
                StorageEngine.Open(recovered, _options, new ManualClock());
            Assert.Empty(TestTable.Read(storage, "t"));
            await storage.CompactAsync(Token);
        }
    }

    private static async Task CheckRecoveredAsync(SimulatedStorageDevice device, List<string> expected)
    {
        for (int seed = 0; seed < 8; seed++)
        {
            await using StorageEngine recovered =
                StorageEngine.Open(device.Recover(seed), _options, TimeProvider.System);
            Assert.Equal(expected, TestTable.Read(recovered, "t"));
        }
    }

    private static bool IsLog(string path) => path.StartsWith("wal/", StringComparison.Ordinal);

    private static string Join(List<string> lines) => string.Join('\n', lines);

    private static async Task HealAsync(StorageEngine storage, ManualClock clock)
    {
        for (int i = 0; storage.GetStatistics().ReadOnlyReason is not null; i++)
        {
            Assert.InRange(i, 0, 1_000_000);
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private static async Task FlushWhenHealedAsync(StorageEngine storage, ManualClock clock)
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
