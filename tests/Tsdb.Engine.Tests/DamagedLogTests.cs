using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>
/// A damaged record of the log is reported with file and offset and nothing is opened over it; only when an
/// operator says so is it passed over, and then its file is set aside.
/// </summary>
public sealed class DamagedLogTests
{
    private const int UnitSizeBytes = 4096;
    private const string LogPath = "wal/00000001.wal";

    private static readonly StorageOptions _options = new() { WalFileSizeBytes = 64 << 10, ShardCount = 1 };

    [Fact]
    public async Task A_damaged_record_is_reported_with_file_and_offset_and_is_not_passed_over()
    {
        SimulatedStorageDevice device = await WriteAndDamageAsync();
        IOException damage = Assert.ThrowsAny<IOException>(
            () => StorageEngine.Open(device, _options, TimeProvider.System));
        Assert.Contains(LogPath, damage.Message, StringComparison.Ordinal);
        Assert.Contains($"{3 * UnitSizeBytes}", damage.Message, StringComparison.Ordinal);

        List<string> reports = [];
        StorageCheckResult check =
            StorageCheck.Run(device, reports.Add, TestContext.Current.CancellationToken);
        Assert.Equal(1, check.DamageCount);
        Assert.Contains(LogPath, reports[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passed_over_by_decision_it_costs_its_own_rows_and_the_file_is_set_aside()
    {
        SimulatedStorageDevice device = await WriteAndDamageAsync();
        StorageOptions skips = _options with { SkipsDamagedLog = true };
        await using (StorageEngine storage = StorageEngine.Open(device, skips, TimeProvider.System))
        {
            Assert.Equal(["1 v=1", "2 v=2", "4 v=4", "5 v=5"], TestTable.Read(storage, "t"));
            await storage.FlushAsync(TestContext.Current.CancellationToken);
        }

        Assert.Contains(device.ListFiles(), path => path.EndsWith(".damaged", StringComparison.Ordinal));
        await using StorageEngine again = StorageEngine.Open(device, _options, TimeProvider.System);
        Assert.Equal(["1 v=1", "2 v=2", "4 v=4", "5 v=5"], TestTable.Read(again, "t"));
    }

    /// <summary>Five records in the log, the process gone, and one byte of the third flipped.</summary>
    private static async Task<SimulatedStorageDevice> WriteAndDamageAsync()
    {
        SimulatedStorageDevice device = new();
        SimulatedStorageDevice copy = new();
        copy.CreateDirectory("segments");
        await using StorageEngine storage = StorageEngine.Open(device, _options, TimeProvider.System);
        for (int i = 1; i <= 5; i++)
        {
            await TestTable.WriteAsync(storage, $"t v={i}i {i}\n");
        }

        foreach (string path in device.ListFiles())
        {
            byte[] bytes = device.ReadFile(path);
            if (path == LogPath)
            {
                bytes[(3 * UnitSizeBytes) + 90] ^= 1;
            }

            copy.PutFile(path, bytes);
        }

        return copy;
    }
}
