using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>Segments of nothing but deleted rows are dropped at the next look, long before the deadline of
/// their erasure.</summary>
public sealed class DeletedSegmentTests
{
    private const long DayNs = 24 * 3600 * Timestamp.NsPerSecond;

    private static readonly StorageOptions _options = new()
    {
        WalFileSizeBytes = 64 << 10,
        ErasureDeadline = TimeSpan.FromDays(7),
        ShardCount = 2,
    };

    private readonly SimulatedStorageDevice _device = new();
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_segment_of_nothing_but_deleted_rows_is_dropped()
    {
        await using StorageEngine storage = Open();
        await WriteAsync(storage, $"t v=1i {DayNs}\n", $"t v=2i {10 * DayNs}\n");
        await DeleteAsync(storage, "t", new TimeRange(0, 2 * DayNs));
        await storage.CompactAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, storage.GetStatistics().DroppedSegmentCount);
        Assert.Equal([$"{10 * DayNs} v=2"], TestTable.Read(storage, "t"));
        Assert.Single(_device.ListFiles(), static name => name.EndsWith(".seg", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_segment_with_rows_of_another_table_or_time_is_not()
    {
        await using StorageEngine storage = Open();
        await WriteAsync(
            storage,
            $"t v=1i {DayNs}\nt v=2i {DayNs + 5}\n",
            $"t v=3i {10 * DayNs}\nu v=4i {10 * DayNs}\n");
        await DeleteAsync(storage, "t", new TimeRange(0, DayNs + 1));
        await DeleteAsync(storage, "t", new TimeRange(9 * DayNs, 11 * DayNs));
        await storage.CompactAsync(TestContext.Current.CancellationToken);
        Assert.Equal([$"{DayNs + 5} v=2"], TestTable.Read(storage, "t"));
        Assert.Equal([$"{10 * DayNs} v=4"], TestTable.Read(storage, "u"));
    }

    [Fact]
    public async Task A_segment_of_rows_that_came_after_the_delete_stays()
    {
        await using StorageEngine storage = Open();
        await WriteAsync(storage, $"t v=1i {10 * DayNs}\n");
        await DeleteAsync(storage, "t", new TimeRange(0, 2 * DayNs));
        await WriteAsync(storage, $"t v=2i {DayNs}\n");
        await storage.CompactAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, storage.GetStatistics().DroppedSegmentCount);
        Assert.Equal([$"{DayNs} v=2", $"{10 * DayNs} v=1"], TestTable.Read(storage, "t"));
    }

    /// <summary>Each text becomes segments of its own.</summary>
    private static async Task WriteAsync(StorageEngine storage, params string[] texts)
    {
        foreach (string lines in texts)
        {
            foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                await TestTable.WriteAsync(storage, line + "\n");
            }

            await storage.FlushAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task DeleteAsync(StorageEngine storage, string name, TimeRange range)
    {
        Assert.True(storage.Catalog.TryGetTable(name, out TableSchema? table));
        await storage.ExecuteAsync(
            new DeleteRows(table.TableId, range, null), TestContext.Current.CancellationToken);
    }

    private StorageEngine Open() => StorageEngine.Open(_device, _options, _clock);
}
