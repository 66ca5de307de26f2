using Tsdb.Faults;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Tests.Wal;

/// <summary>A log on a device that has no room for a whole log file.</summary>
public sealed class WalRoomTests
{
    [Theory]
    [InlineData(12 << 10)]
    [InlineData(20 << 10)]
    public void A_log_opens_and_goes_on_where_no_whole_file_has_room_and_takes_whole_ones_again(int freeBytes)
    {
        SimulatedStorageDevice device = new();
        using (WalWriter writer = WalScenario.Reopen(device))
        {
            writer.Append([1], 0);
            writer.Sync();
        }

        device.CapacityBytes = device.ListFiles().Sum(path => (long)device.ReadFile(path).Length) + freeBytes;
        using (WalWriter writer = WalScenario.Reopen(device))
        {
            writer.Append([2], 0);
            writer.Sync();
            device.CapacityBytes = long.MaxValue;
            for (byte i = 3; i < 12; i++)
            {
                writer.Append([i], 0);
                writer.Sync();
            }

            WalLogFile last = writer.GetView(0).Files[^1];
            Assert.Equal(WalScenario.Options.FileSizeBytes, device.ReadFile(last.Path).Length);
        }

        List<byte> found = [];
        WalReader.Replay(
            device.Recover(1), WalScenario.Options, 0, 0, (in _, payload) => found.Add(payload[0]));
        Assert.Equal(Enumerable.Range(1, 11).Select(static i => (byte)i), found);
    }

    [Fact]
    public void Where_a_file_has_no_room_no_spare_is_tried()
    {
        SimulatedStorageDevice device = new();
        using WalWriter writer = WalScenario.Reopen(device);
        device.CapacityBytes = WalScenario.Options.FileSizeBytes + (16 << 10);
        long callCount = device.CallCount;
        writer.PrepareSpare();
        Assert.Equal(callCount, device.CallCount);
        device.CapacityBytes = long.MaxValue;
        writer.PrepareSpare();
        Assert.Contains("wal/spare-00000001.wal", device.ListFiles());
    }

    [Fact]
    public void A_device_without_any_room_is_told()
    {
        SimulatedStorageDevice device = new() { CapacityBytes = 4096 };
        StorageDeviceException full = Assert.Throws<StorageDeviceException>(
            () => WalScenario.Reopen(device));
        Assert.True(full.IsOutOfSpace);
        Assert.Empty(device.ListFiles());
    }
}
