using System.Text;
using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>A flush writes every row, however they lie in time; a merge that fails costs no writes.</summary>
public sealed class FlushCompletenessTests
{
    private static readonly StorageOptions _options = new() { WalFileSizeBytes = 64 << 10, ShardCount = 1 };

    [Fact]
    public async Task Rows_spread_over_more_windows_than_are_counted_are_all_flushed()
    {
        const int RowCount = 70_000;
        const long StepNs = 2 * 3600 * Timestamp.NsPerSecond;
        await using StorageEngine storage =
            StorageEngine.Open(new SimulatedStorageDevice(), _options, TimeProvider.System);
        for (int first = 0; first < RowCount; first += 10_000)
        {
            StringBuilder lines = new();
            for (int i = first; i < first + 10_000; i++)
            {
                lines.Append("t v=").Append(i).Append("i ").Append(i * StepNs).Append('\n');
            }

            await TestTable.WriteAsync(storage, lines.ToString());
        }

        await storage.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(RowCount, storage.GetStatistics().SegmentRowCount);
        Assert.Equal(RowCount, TestTable.Read(storage, "t").Count);
    }

    [Fact]
    public async Task A_flush_that_memory_is_short_for_leaves_no_file_behind()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        const long YearNs = 365 * 24 * 3600 * Timestamp.NsPerSecond;
        SimulatedStorageDevice device = new();
        // The clock stands still: the flush is not tried again meanwhile.
        await using (StorageEngine storage = StorageEngine.Open(device, _options, new ManualClock()))
        {
            await TestTable.WriteAsync(storage, $"t v=1i 1\nt v=2i {YearNs}\n");
            int createdCount = 0;
            device.Rule = (operation, path) =>
                operation is DeviceOperation.Create or DeviceOperation.Open
                && path.StartsWith("segments/", StringComparison.Ordinal)
                && ++createdCount > 1
                    ? throw new InsufficientMemoryException("for this file")
                    : null;
            StorageClosedException failure =
                await Assert.ThrowsAsync<StorageClosedException>(() => storage.FlushAsync(token));
            Assert.Contains("for this file", failure.Message, StringComparison.Ordinal);
            Assert.Empty(device.List("segments"));
            device.Rule = null;
        }

        await using StorageEngine again = StorageEngine.Open(device, _options, TimeProvider.System);
        Assert.Equal(["1 v=1", $"{YearNs} v=2"], TestTable.Read(again, "t"));
    }

    [Fact]
    public async Task A_damaged_block_stops_merges_of_its_shard_and_nothing_else()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        SimulatedStorageDevice device = new();
        await using (StorageEngine storage = StorageEngine.Open(device, _options, TimeProvider.System))
        {
            await TestTable.WriteAsync(storage, "t v=1i 1\n");
        }

        string path = "segments/" + device.List("segments")[0];
        byte[] bytes = device.ReadFile(path);
        bytes[260] ^= 1;
        device.PutFile(path, bytes);
        await using (StorageEngine storage = StorageEngine.Open(device, _options, TimeProvider.System))
        {
            await TestTable.WriteAsync(storage, "t v=2i 2\n");
            await storage.CompactAsync(token);
            string failure = Assert.Single(storage.GetStatistics().Compaction.Failures).Value;
            Assert.Contains(path, failure, StringComparison.Ordinal);
            await TestTable.WriteAsync(storage, "t v=3i 3\n");
            await storage.FlushAsync(token);
            Assert.Null(storage.GetStatistics().ReadOnlyReason);
        }
    }

    [Fact]
    public async Task A_column_that_widens_under_a_reader_is_said_and_not_misread()
    {
        await using StorageEngine storage =
            StorageEngine.Open(new SimulatedStorageDevice(), _options, TimeProvider.System);
        await TestTable.WriteAsync(storage, "t v=1i 1\n");
        Assert.True(storage.Catalog.TryGetTable("t", out TableSchema? table));
        using StorageSnapshot snapshot = storage.OpenSnapshot();
        SeriesReader reader = snapshot.CreateReader(table, [ColumnKey.ValueOf(1)]);
        await TestTable.WriteAsync(storage, "t v=1.5 2\n");
        reader.Open(snapshot.FindTags(table).GetSeries(0), TimeRange.All);
        Assert.True(reader.MoveNext());
        Assert.Throws<SchemaChangedException>(() => reader.Column(0).Cells.Length);
    }
}
