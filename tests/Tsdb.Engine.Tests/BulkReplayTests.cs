using System.Globalization;
using System.Text;
using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>Frames come back in groups, sorted by series and on several threads: the rows must be those that
/// were there before, whatever their order, columns and number.</summary>
public sealed class BulkReplayTests
{
    private const int RowsPerBatch = 1500;
    private const int BatchCount = 12;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 16, 1)]
    [InlineData(3, 16, 40)]
    [InlineData(4, 3, 40)]
    [InlineData(5, 16, 5000)]
    public async Task Many_rows_come_back_as_they_were(int seed, int shardCount, int seriesCount)
    {
        StorageOptions options = new() { ShardCount = shardCount };
        Random random = new(seed);
        SimulatedStorageDevice device = new();
        await using StorageEngine storage = StorageEngine.Open(device, options, TimeProvider.System);
        for (int batch = 0; batch < BatchCount; batch++)
        {
            await TestTable.WriteAsync(storage, WriteLines(random, batch, seriesCount));
        }

        SimulatedStorageDevice crashed = device.Recover(0);
        await using StorageEngine recovered = StorageEngine.Open(crashed, options, TimeProvider.System);
        foreach (string table in (string[])["t", "other"])
        {
            List<string> expected = [.. TestTable.Read(storage, table)];
            Assert.True(expected.Count > RowsPerBatch, $"seed {seed}: {expected.Count} rows");
            Assert.Equal(expected, [.. TestTable.Read(recovered, table)]);
        }

        // And what was brought back can be flushed, and goes on.
        await recovered.FlushAsync(Token);
        await TestTable.WriteAsync(recovered, "t,s=0 x=-1i 1\n");
        await TestTable.WriteAsync(storage, "t,s=0 x=-1i 1\n");
        Assert.Equal(TestTable.Read(storage, "t"), TestTable.Read(recovered, "t"));
    }

    /// <summary>Most batches have the same columns; some rows come late or again.</summary>
    private static string WriteLines(Random random, int batch, int seriesCount)
    {
        StringBuilder lines = new();
        for (int i = 0; i < RowsPerBatch; i++)
        {
            int number = (batch * RowsPerBatch) + i;
            int series = number % seriesCount;
            int step = (number / seriesCount) - (random.Next(10) == 0 ? random.Next(100) : 0);
            string table = i % 3 == 0 ? "other" : "t";
            string columns = (batch % 8, i % 5) switch
            {
                (6, _) => "x=1i",
                (7, 0) => "y=2.5",
                _ => string.Create(
                    CultureInfo.InvariantCulture,
                    $"x={random.Next(100)}i,y={random.NextDouble()},z={random.Next(1000) / 10.0}"),
            };
            lines.Append(CultureInfo.InvariantCulture, $"{table},s={series} {columns} {1_000_000 + step}\n");
        }

        return lines.ToString();
    }
}
