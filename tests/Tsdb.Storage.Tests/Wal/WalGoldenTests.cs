using Tsdb.Faults;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Tests.Wal;

public sealed class WalGoldenTests
{
    private static WalOptions Options { get; } = WalScenario.Options with { FileSizeBytes = 16 << 10 };

    [Fact]
    public void A_log_whose_files_have_no_commit_floor_is_read()
    {
        SimulatedStorageDevice golden = GoldenFiles.Load("wal/v1");
        (List<ulong> lsns, WalTail tail) = WalScenario.Replay(golden, options: Options);
        Assert.Equal(WalScenario.Range(1, 4), lsns);
        Assert.Equal(WalScenario.CommitTimeNs + 4, tail.LastCommitTimeNs);
    }

    [Fact]
    public void A_log_of_version_1_is_read_and_still_written_byte_for_byte()
    {
        var device = new SimulatedStorageDevice();
        using (WalWriter writer = WalScenario.Reopen(device, options: Options))
        {
            WalScenario.AppendSynced(writer, 4);
        }

        GoldenFiles.WriteIfAsked("wal/v1-floor", device);
        SimulatedStorageDevice golden = GoldenFiles.Load("wal/v1-floor");
        Assert.Equal(WalScenario.Range(1, 4), WalScenario.Replay(golden, options: Options).Lsns);
        Assert.Equal(golden.ListFiles(), device.ListFiles());
        Assert.All(golden.ListFiles(), path => Assert.Equal(golden.ReadFile(path), device.ReadFile(path)));
    }
}
