using System.Text;
using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>Only series with rows in the range of a query count for it.</summary>
public sealed class WindowSeriesTests
{
    private const long DayNs = 24 * 3600 * Timestamp.NsPerSecond;

    private static readonly StorageOptions _options = new() { WalFileSizeBytes = 64 << 10 };

    [Fact]
    public async Task Series_that_ended_before_the_range_are_left_out()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        SimulatedStorageDevice device = new();
        await using (StorageEngine storage = StorageEngine.Open(device, _options, TimeProvider.System))
        {
            await TestTable.WriteAsync(storage, Lines(first: 0, count: 300, timestampNs: DayNs));
            await storage.FlushAsync(cancellation);
            await TestTable.WriteAsync(storage, Lines(first: 290, count: 20, timestampNs: 30 * DayNs));
            await storage.FlushAsync(cancellation);
            await TestTable.WriteAsync(storage, "other,pod=p1 v=1 2592000000000000\n");
            await TestTable.WriteAsync(storage, Lines(first: 500, count: 2, timestampNs: 30 * DayNs));
            AssertSeries(storage, new TimeRange(DayNs, DayNs + 1), [.. Enumerable.Range(0, 300), 310, 311]);
            AssertSeries(storage, new TimeRange(30 * DayNs, 31 * DayNs), Enumerable.Range(290, 22));
        }

        await using StorageEngine reopened = StorageEngine.Open(device, _options, TimeProvider.System);
        AssertSeries(reopened, new TimeRange(30 * DayNs, 31 * DayNs), Enumerable.Range(290, 22));
        AssertSeries(reopened, new TimeRange(90 * DayNs, 91 * DayNs), []);
    }

    [Fact]
    public async Task What_a_merge_makes_of_segments_has_the_series_of_all()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using StorageEngine storage =
            StorageEngine.Open(new SimulatedStorageDevice(), _options, TimeProvider.System);
        for (int i = 0; i < 4; i++)
        {
            await TestTable.WriteAsync(storage, Lines(first: i * 10, count: 20, timestampNs: DayNs + i));
            await storage.FlushAsync(cancellation);
            AssertSeries(storage, TimeRange.All, Enumerable.Range(0, (i * 10) + 20));
        }

        await storage.CompactAsync(cancellation);
        AssertSeries(storage, TimeRange.All, Enumerable.Range(0, 50));
    }

    private static void AssertSeries(StorageEngine storage, TimeRange range, IEnumerable<int> expected)
    {
        Assert.True(storage.Catalog.TryGetTable("t", out TableSchema? table));
        using StorageSnapshot snapshot = storage.OpenSnapshot();
        Assert.Equal(expected, snapshot.FindSeries(table, range).ToArray());
    }

    private static string Lines(int first, int count, long timestampNs)
    {
        StringBuilder lines = new();
        for (int i = first; i < first + count; i++)
        {
            lines.Append($"t,pod=p{i} v={i} {timestampNs}\n");
        }

        return lines.ToString();
    }
}
