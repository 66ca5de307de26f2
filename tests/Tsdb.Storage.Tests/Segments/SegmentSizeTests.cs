using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Segments;

/// <summary>File sizes are deterministic, so they are gated here and not in a benchmark.</summary>
public sealed class SegmentSizeTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(648, 100, 0.50)]
    [InlineData(8640, 10, 0.45)]
    public void A_point_of_slow_integer_walks_takes_half_a_byte(int rowCount, int seriesCount, double limit)
    {
        Random random = new(1);
        SimulatedStorageDevice device = new();
        using SegmentWriter writer = new(device, SegmentFixture.Path, SegmentFixture.Identity());
        for (int i = 0; i < seriesCount; i++)
        {
            writer.Add(new SeriesId((uint)i), 1, CreateWalks(random, rowCount));
        }

        long dataSizeBytes = writer.DataSizeBytes - SegmentHeader.SizeBytes;
        SegmentInfo info = writer.Complete();
        double bytesPerPoint = info.SizeBytes / (double)info.CellCount;
        double indexBytesPerBlock = (info.SizeBytes - dataSizeBytes) / (info.BlockCount * 10.0);
        output.WriteLine($"{bytesPerPoint:F4} B/point, index {indexBytesPerBlock:F2} B per column and block");
        Assert.Equal(10L * rowCount * seriesCount, info.CellCount);
        Assert.InRange(bytesPerPoint, 0, limit);
        Assert.InRange(indexBytesPerBlock, 0, 22);
    }

    [Fact]
    public void A_block_of_one_value_costs_a_few_bytes_of_index()
    {
        SeriesRows rows = new();
        RandomRows.AddTimestamps(rows, new Random(1), 100 * 1024, 0, 1);
        RowColumn constant = rows.AddColumn(ColumnKey.ValueOf(1), ColumnType.Float64);
        constant.Cells.AsSpan(0, rows.RowCount).Fill(BitConverter.DoubleToUInt64Bits(21.5));
        SegmentReader reader = SegmentFixture.WriteAndOpen(rows);
        output.WriteLine($"{reader.Info.SizeBytes} B for {rows.RowCount} rows");
        Assert.InRange(reader.Info.SizeBytes, 1, 6000);
    }

    private static SeriesRows CreateWalks(Random random, int rowCount)
    {
        SeriesRows rows = new();
        rows.EnsureCapacity(rowCount);
        rows.RowCount = rowCount;
        for (int row = 0; row < rowCount; row++)
        {
            rows.TimestampsNs[row] = 1_451_606_400_000_000_000 + (row * 10_000_000_000L);
        }

        for (int columnId = 1; columnId <= 10; columnId++)
        {
            RowColumn column = rows.AddColumn(ColumnKey.ValueOf(columnId), ColumnType.Int64);
            double state = random.NextDouble() * 100;
            for (int row = 0; row < rowCount; row++)
            {
                double u = 1 - random.NextDouble();
                double step = Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * random.NextDouble());
                state = Math.Clamp(state + step, 0, 100);
                column.Cells[row] = (ulong)(long)state;
            }
        }

        return rows;
    }
}
