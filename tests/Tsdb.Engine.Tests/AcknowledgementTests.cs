using System.Text;
using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Ingest.Parse;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>What an acknowledgement promises has happened before it is given.</summary>
public sealed class AcknowledgementTests
{
    private const int WriterCount = 6;
    private const int BatchCount = 25;

    private static readonly StorageOptions _options = new() { WalFileSizeBytes = 64 << 10 };

    [Fact]
    public async Task Every_acknowledged_batch_was_written_and_then_synced()
    {
        SimulatedStorageDevice device = new();
        await using StorageEngine storage = StorageEngine.Open(device, _options, TimeProvider.System);
        WritePath writes = new(storage, LineProtocolLimits.Default, TimeProvider.System);
        List<(long StartedAt, long AcknowledgedAt)> spans = [];
        await Task.WhenAll(Enumerable.Range(0, WriterCount).Select(writer => Task.Run(async () =>
        {
            for (int batch = 0; batch < BatchCount; batch++)
            {
                long startedAt = device.CallCount;
                WriteOutcome outcome = await WriteAsync(writes, $"t,w={writer} n={batch}i", Durability.Fsync);
                lock (spans)
                {
                    spans.Add((startedAt, device.CallCount));
                }

                Assert.Equal((1, Durability.Fsync), (outcome.RowsStored, outcome.Durability));
            }
        })));

        DeviceCall[] calls =
            [.. device.Calls.Where(static call => call.Path.StartsWith("wal/", StringComparison.Ordinal))];
        foreach ((long startedAt, long acknowledgedAt) in spans)
        {
            DeviceCall[] within =
                [.. calls.Where(call => call.Number > startedAt && call.Number <= acknowledgedAt)];
            Assert.Contains(within, write => write.Operation == DeviceOperation.Write
                && within.Any(sync => sync.Operation == DeviceOperation.SyncData
                    && sync.Succeeded
                    && sync.Path == write.Path
                    && sync.Number > write.Number));
        }
    }

    [Fact]
    public async Task At_each_acknowledgement_the_rows_are_on_the_platter()
    {
        SimulatedStorageDevice device = new();
        await using StorageEngine storage = StorageEngine.Open(device, _options, TimeProvider.System);
        WritePath writes = new(storage, LineProtocolLimits.Default, TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(writer => Task.Run(async () =>
        {
            for (int batch = 0; batch < 8; batch++)
            {
                await WriteAsync(writes, $"t,w={writer} n={batch}i", Durability.Fsync);
                List<string> found = await ReadAfterPowerCutAsync(device, keepsAll: false);
                Assert.Contains($"{writer} {batch} n={batch}", found);
            }
        })));
    }

    [Theory]
    [InlineData(Durability.Os)]
    [InlineData(Durability.Memory)]
    public async Task A_weaker_level_is_named_in_the_reply_and_not_synced(Durability durability)
    {
        SimulatedStorageDevice device = new();
        await using StorageEngine storage = StorageEngine.Open(device, _options, TimeProvider.System);
        WritePath writes = new(storage, LineProtocolLimits.Default, TimeProvider.System);
        await WriteAsync(writes, "t,w=0 n=1i", Durability.Fsync);
        long syncCount = CountLogSyncs(device);
        WriteOutcome outcome = await WriteAsync(writes, "t,w=0 n=2i", durability);
        Assert.Equal(durability, outcome.Durability);
        Assert.Equal(syncCount, CountLogSyncs(device));
        Assert.DoesNotContain("0 2 n=2", await ReadAfterPowerCutAsync(device, keepsAll: false));
        Assert.Contains("0 2 n=2", await ReadAfterPowerCutAsync(device, keepsAll: true));

        // The next sync takes along what came before it.
        await WriteAsync(writes, "t,w=0 n=3i", Durability.Fsync);
        Assert.Contains("0 2 n=2", await ReadAfterPowerCutAsync(device, keepsAll: false));
    }

    private static int CountLogSyncs(SimulatedStorageDevice device) => device.Calls.Count(static call =>
        call.Operation == DeviceOperation.SyncData
        && call.Path.StartsWith("wal/0", StringComparison.Ordinal));

    /// <summary>The row's time is the number in it.</summary>
    private static async Task<WriteOutcome> WriteAsync(WritePath writes, string line, Durability durability)
    {
        string number = line[(line.LastIndexOf('=') + 1)..^1];
        using LineWrite write = writes.BeginLines(TimestampPrecision.Nanosecond, durability);
        byte[] lines = Encoding.UTF8.GetBytes($"{line} {number}\n");
        await write.AppendAsync(lines, TestContext.Current.CancellationToken);
        return await write.CommitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<List<string>> ReadAfterPowerCutAsync(
        SimulatedStorageDevice device, bool keepsAll)
    {
        SimulatedStorageDevice recovered = device.Recover(keepsAll ? 1 : 0);
        await using StorageEngine storage = StorageEngine.Open(recovered, _options, TimeProvider.System);
        return TestTable.Read(storage, "t");
    }
}
