using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Segments;

public sealed class SegmentStatisticsTests
{
    [Fact]
    public void Statistics_equal_what_the_cells_give()
    {
        int checkedCount = 0;
        for (int seed = 1; seed <= 120; seed++)
        {
            SeriesRows rows = RandomRows.Create(new Random(seed), 1 + (seed * 37 % 3000));
            SeriesBlocks blocks = OpenBlocks(rows);
            for (int column = 0; column < blocks.ColumnCount; column++)
            {
                RowColumn cells = rows.Columns[rows.FindColumn(blocks.GetColumn(column).Key)];
                for (int block = 0; block < blocks.BlockCount; block++)
                {
                    checkedCount += Check(rows, cells, blocks, block, column, $"seed {seed}") ? 1 : 0;
                }
            }
        }

        Assert.InRange(checkedCount, 300, int.MaxValue);
    }

    [Fact]
    public void Decimals_have_exact_sums_in_few_bytes()
    {
        SeriesRows rows = CreateDoubles(1000, row => (row % 2 == 0 ? 1 : -1) * row / 100.0);
        Assert.True(OpenBlocks(rows).TryGetStatistics(0, 0, out BlockStatistics statistics));
        Assert.Equal(2, statistics.DecimalScale);
        Assert.Equal(-500, statistics.IntegerSum);
        Assert.Equal(-5.0, statistics.Sum);
    }

    [Fact]
    public void Sums_of_extreme_integers_are_exact()
    {
        SeriesRows rows = new();
        RandomRows.AddTimestamps(rows, new Random(1), 1024, 0, 10);
        RowColumn column = rows.AddColumn(ColumnKey.ValueOf(1), ColumnType.Int64);
        Int128 sum = 0;
        for (int row = 0; row < rows.RowCount; row++)
        {
            long value = row % 3 == 0 ? long.MinValue : long.MaxValue - row;
            column.Cells[row] = (ulong)value;
            sum += value;
        }

        Assert.True(OpenBlocks(rows).TryGetStatistics(0, 0, out BlockStatistics statistics));
        Assert.Equal(sum, statistics.IntegerSum);
        Assert.Equal(unchecked((ulong)long.MinValue), statistics.Min);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Blocks_with_a_value_that_is_no_number_have_none(double odd)
    {
        SeriesRows rows = CreateDoubles(2048, row => row == 1500 ? odd : row);
        SeriesBlocks blocks = OpenBlocks(rows);
        Assert.True(blocks.TryGetStatistics(0, 0, out _));
        Assert.False(blocks.TryGetStatistics(1, 0, out _));
        Assert.Equal(1024, blocks.GetPresentCount(1, 0));
    }

    [Theory]
    [InlineData(CellKind.Status, 0x8000_0000, false)]
    [InlineData(CellKind.Status, 0x4000_0000, false)]
    [InlineData(CellKind.Status, 0x0000_0400, true)]
    [InlineData(CellKind.Findings, 1, true)]
    [InlineData(CellKind.Repaired, 1, false)]
    public void Blocks_whose_values_are_not_all_usable_have_none(
        CellKind kind, ulong cell, bool hasStatistics)
    {
        SeriesRows rows = CreateDoubles(2048, row => row);
        RowColumn column = rows.AddColumn(new ColumnKey(1, kind), ColumnType.Int64);
        column.SetAbsent(0, rows.RowCount);
        column.SetPresent(1500);
        column.Cells[1500] = cell;
        SeriesBlocks blocks = OpenBlocks(rows);
        Assert.True(blocks.TryGetStatistics(0, 0, out _));
        Assert.Equal(hasStatistics, blocks.TryGetStatistics(1, 0, out _));
    }

    private static SeriesBlocks OpenBlocks(SeriesRows rows)
    {
        SegmentReader reader = SegmentFixture.WriteAndOpen(rows);
        Assert.True(reader.TryFindSeries(new SeriesId(0), out SeriesEntry entry));
        SeriesBlocks blocks = new(new ChunkScratch());
        blocks.Open(reader, entry);
        return blocks;
    }

    private static SeriesRows CreateDoubles(int rowCount, Func<int, double> valueOf)
    {
        SeriesRows rows = new();
        RandomRows.AddTimestamps(rows, new Random(1), rowCount, 0, 10);
        RowColumn column = rows.AddColumn(ColumnKey.ValueOf(1), ColumnType.Float64);
        for (int row = 0; row < rowCount; row++)
        {
            column.Cells[row] = BitConverter.DoubleToUInt64Bits(valueOf(row));
        }

        return rows;
    }

    private static bool Check(
        SeriesRows rows, RowColumn column, SeriesBlocks blocks, int block, int blockColumn, string context)
    {
        int firstRow = block * SegmentBlock.MaxRowCount;
        int rowCount = blocks.GetRowCount(block);
        int[] present = [.. Enumerable.Range(firstRow, rowCount).Where(column.IsPresent)];
        Assert.Equal(present.Length, blocks.GetPresentCount(block, blockColumn));
        bool isFloat = column.Type == ColumnType.Float64;
        double[] doubles = [.. present.Select(row => BitConverter.UInt64BitsToDouble(column.Cells[row]))];
        bool isUsable = column.Type != ColumnType.String && present.Length > 0
            && (!isFloat || doubles.All(double.IsFinite));
        bool hasStatistics = blocks.TryGetStatistics(block, blockColumn, out BlockStatistics found);
        if (!isUsable || !hasStatistics)
        {
            // A sum of the largest doubles may overflow, and then there are no statistics either.
            Assert.False(hasStatistics && !isUsable, context);
            Assert.True(!isUsable || doubles.Any(value => Math.Abs(value) > 1e300), context);
            return false;
        }

        Assert.Equal(present.Length, found.PresentCount);
        Assert.Equal(column.Cells[present[0]], found.First);
        Assert.Equal(column.Cells[present[^1]], found.Last);
        Assert.Equal(rows.TimestampsNs[present[0]], found.FirstTimestampNs);
        Assert.Equal(rows.TimestampsNs[present[^1]], found.LastTimestampNs);
        if (isFloat)
        {
            Assert.Equal(doubles.Min(), BitConverter.UInt64BitsToDouble(found.Min));
            Assert.Equal(doubles.Max(), BitConverter.UInt64BitsToDouble(found.Max));
            double scale = doubles.Sum(Math.Abs);
            Assert.InRange(found.Sum - doubles.Sum(), -1e-12 * scale, 1e-12 * scale);
        }
        else
        {
            long[] longs = [.. present.Select(row => (long)column.Cells[row])];
            Assert.Equal(longs.Min(), (long)found.Min);
            Assert.Equal(longs.Max(), (long)found.Max);
            Assert.Equal(longs.Aggregate(Int128.Zero, (sum, value) => sum + value), found.IntegerSum);
        }

        return true;
    }
}
