using System.Globalization;
using System.Text;
using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>Rows over decades are all there after a flush, however many windows they touch.</summary>
public sealed class LongSpanTests
{
    private const long HourNs = 3600L * 1_000_000_000;

    [Fact]
    public async Task Rows_in_more_windows_than_are_noted_are_all_flushed()
    {
        const int RowCount = 70_000;
        StringBuilder lines = new();
        for (long row = 0; row < RowCount; row++)
        {
            lines.Append(CultureInfo.InvariantCulture, $"t v={row}i {row * 3 * HourNs}\n");
        }

        // Far beyond the last window that is noted.
        lines.Append(CultureInfo.InvariantCulture, $"t v=-1i {2_000_000 * HourNs}\n");
        SimulatedStorageDevice device = new();
        StorageOptions options = new() { ShardCount = 1 };
        await using StorageEngine storage = StorageEngine.Open(device, options, TimeProvider.System);
        await TestTable.WriteAsync(storage, lines.ToString());
        List<string> written = TestTable.Read(storage, "t");
        Assert.Equal(RowCount + 1, written.Count);
        await storage.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(written, TestTable.Read(storage, "t"));
    }
}
