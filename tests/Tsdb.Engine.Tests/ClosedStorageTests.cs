using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>Whoever comes too late is told so.</summary>
public sealed class ClosedStorageTests
{
    [Fact]
    public async Task A_closed_storage_says_so_to_writers_readers_and_whoever_asks_for_a_flush()
    {
        StorageOptions options = new() { WalFileSizeBytes = 1 << 20 };
        StorageEngine storage =
            StorageEngine.Open(new SimulatedStorageDevice(), options, TimeProvider.System);
        await TestTable.WriteAsync(storage, "t v=1i 1\n");
        await storage.DisposeAsync();
        CancellationToken token = TestContext.Current.CancellationToken;
        await Assert.ThrowsAsync<StorageClosedException>(() => TestTable.WriteAsync(storage, "t v=2i 2\n"));
        await Assert.ThrowsAsync<StorageClosedException>(() => storage.FlushAsync(token));
        Assert.Throws<StorageClosedException>(storage.OpenSnapshot);
        Assert.Throws<StorageClosedException>(storage.GetStatistics);
    }

    [Fact]
    public async Task Nothing_touches_the_device_once_the_storage_is_closed()
    {
        List<(SimulatedStorageDevice Device, long CallCount)> closed = [];
        StorageOptions options = new() { WalFileSizeBytes = 8 << 20 };
        for (int round = 0; round < 20; round++)
        {
            SimulatedStorageDevice device = new();
            StorageEngine storage = StorageEngine.Open(device, options, TimeProvider.System);
            await TestTable.WriteAsync(storage, "t v=1i 1\n");
            await storage.DisposeAsync();
            closed.Add((device, device.CallCount));
        }

        Assert.All(closed, static entry => Assert.Equal(entry.CallCount, entry.Device.CallCount));
    }
}
