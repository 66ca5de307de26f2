using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>While the log is replayed, what its rows cannot change is answered, and nothing else.</summary>
public sealed class ReplayTests
{
    private static readonly StorageOptions _options = new()
    {
        WalFileSizeBytes = 64 << 10,
        ShardCount = 1,
    };

    private static readonly StorageOptions _background = _options with { ReplaysInBackground = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_query_is_answered_at_once_unless_rows_not_yet_replayed_could_change_it()
    {
        ManualClock clock = new();
        SimulatedStorageDevice device = await WriteAndCrashAsync();
        HoldReplay(device);
        await using StorageEngine storage = StorageEngine.Open(device, _background, clock);
        Assert.Equal(["1 v=1"], TestTable.Read(storage, "flushed"));
        StorageClosedException refused =
            Assert.Throws<StorageClosedException>(() => TestTable.Read(storage, "logged"));
        Assert.Equal(StorageRefusal.Replaying, refused.Refusal);
        Assert.NotNull(refused.RetryAfter);
        Assert.True(storage.Catalog.TryGetTable("both", out TableSchema? both));
        using (StorageSnapshot snapshot = storage.OpenSnapshot())
        {
            snapshot.RequireAllRows(both, new TimeRange(0, 100));
            Assert.Throws<StorageClosedException>(
                () => snapshot.RequireAllRows(both, new TimeRange(0, 101)));
        }

        ReplayProgress progress = Assert.IsType<ReplayProgress>(storage.Replay);
        Assert.Equal((0, 3), (progress.ReplayedRowCount, progress.RowCount));
        Assert.True(progress.SizeBytes > 0);

        await ReleaseReplayAsync(device, storage, clock);
        Assert.Null(storage.Replay);
        Assert.Equal(["2 v=2"], TestTable.Read(storage, "logged"));
        Assert.Equal(["100 v=100", "101 v=101", "5 v=5"], TestTable.Read(storage, "both"));
        await TestTable.WriteAsync(storage, "both v=7i 7\n");
        Assert.Equal(4, TestTable.Read(storage, "both").Count);
    }

    [Fact]
    public async Task A_write_waits_for_the_replay_and_is_then_refused_with_the_progress()
    {
        ManualClock clock = new();
        SimulatedStorageDevice device = await WriteAndCrashAsync();
        HoldReplay(device);

        // The clock is moved on until the replay is tried again: the write must outlast that.
        StorageOptions patient = _background with { ReplayWaitMax = TimeSpan.FromDays(30) };
        await using StorageEngine storage = StorageEngine.Open(device, patient, clock);
        Task early = TestTable.WriteAsync(storage, "both v=8i 8\n");
        Assert.False(early.IsCompleted);
        clock.Advance(patient.ReplayWaitMax);
        StorageClosedException refused = await Assert.ThrowsAsync<StorageClosedException>(() => early);
        Assert.Equal(StorageRefusal.Replaying, refused.Refusal);
        Task late = TestTable.WriteAsync(storage, "both v=9i 9\n");
        await ReleaseReplayAsync(device, storage, clock);
        await late;
        Assert.Equal(["100 v=100", "101 v=101", "5 v=5", "9 v=9"], TestTable.Read(storage, "both"));
    }

    [Fact]
    public async Task Closing_during_the_replay_loses_nothing()
    {
        SimulatedStorageDevice device = await WriteAndCrashAsync();
        HoldReplay(device);
        for (int round = 0; round < 3; round++)
        {
            StorageEngine held = StorageEngine.Open(device, _background, new ManualClock());
            await held.DisposeAsync();
        }

        device.Rule = null;
        await using StorageEngine storage = StorageEngine.Open(device, _options, TimeProvider.System);
        Assert.Equal(["100 v=100", "101 v=101", "5 v=5"], TestTable.Read(storage, "both"));
        Assert.Equal(["2 v=2"], TestTable.Read(storage, "logged"));
    }

    [Fact]
    public async Task A_replay_flushes_when_memory_is_full()
    {
        SimulatedStorageDevice device = new();
        StorageOptions large = _options with { MemtableSizeBytesMax = 64 << 20 };
        await using StorageEngine storage = StorageEngine.Open(device, large, TimeProvider.System);
        string text = new('x', 30_000);
        List<string> expected = [];
        for (int i = 1; i <= 9; i++)
        {
            await TestTable.WriteAsync(storage, $"t v={i}i,s=\"{text}\" {i}\n");
            expected.Add($"{i} v={i} s={text}");
        }

        // The smallest memtable is full with its first rows; a few of these rows come back at a time.
        StorageOptions small = _options with { MemtableSizeBytesMax = 1 << 20, LateSegmentCountMax = 100 };
        SimulatedStorageDevice crashed = device.Recover(0);
        for (int round = 0; round < 2; round++)
        {
            await using StorageEngine recovered = StorageEngine.Open(crashed, small, TimeProvider.System);
            Assert.Equal(expected, TestTable.Read(recovered, "t"));

            // The replay does not wait for its last flush: this does, and adds one of its own at most.
            await recovered.FlushAsync(Token);
            Assert.True(round > 0 || recovered.GetStatistics().FlushCount > 2);
        }
    }

    /// <summary>One table in segments, one in the log, and one in both.</summary>
    private static async Task<SimulatedStorageDevice> WriteAndCrashAsync()
    {
        SimulatedStorageDevice device = new();
        await using StorageEngine storage = StorageEngine.Open(device, _options, TimeProvider.System);
        await TestTable.WriteAsync(storage, "flushed v=1i 1\nboth v=5i 5\n");
        await storage.FlushAsync(Token);
        await TestTable.WriteAsync(storage, "logged v=2i 2\nboth v=100i 100\nboth v=101i 101\n");
        return device.Recover(0);
    }

    /// <summary>Reads of the log fail on the thread that replays, and on no other.</summary>
    private static void HoldReplay(SimulatedStorageDevice device) => device.Rule = static (operation, path) =>
        operation == DeviceOperation.Read && path.StartsWith("wal/", StringComparison.Ordinal)
            && Thread.CurrentThread.Name == "tsdb-replay"
            ? InjectedFault.IoError
            : null;

    private static async Task ReleaseReplayAsync(
        SimulatedStorageDevice device, StorageEngine storage, ManualClock clock)
    {
        device.Rule = null;
        for (int i = 0; storage.Replay is not null; i++)
        {
            Assert.InRange(i, 0, 1_000_000);
            clock.Advance(_options.FaultRetryInterval);
            await Task.Yield();
        }
    }
}
