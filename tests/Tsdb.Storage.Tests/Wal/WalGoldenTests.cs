using Tsdb.Faults;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Tests.Wal;

public sealed class WalGoldenTests
{
    [Fact]
    public void A_log_of_version_1_is_read_and_still_written_byte_for_byte()
    {
        var device = new SimulatedStorageDevice();
        WalOptions options = WalScenario.Options with { FileSizeBytes = 16 << 10 };
        using (WalWriter writer = WalScenario.Reopen(device, options: options))
        {
            WalScenario.AppendSynced(writer, 4);
        }

        GoldenFiles.WriteIfAsked("wal/v1", device);
        SimulatedStorageDevice golden = GoldenFiles.Load("wal/v1");
        Assert.Equal(WalScenario.Range(1, 4), WalScenario.Replay(golden, options: options).Lsns);
        Assert.Equal(golden.ListFiles(), device.ListFiles());
        Assert.All(golden.ListFiles(), path => Assert.Equal(golden.ReadFile(path), device.ReadFile(path)));
    }
}
