using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Segments;

public sealed class SegmentRoundTripTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(5000)]
    public void Rows_of_every_type_come_back_as_they_went(int rowCount)
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            SeriesRows rows = RandomRows.Create(new Random(seed), rowCount);
            SegmentReader reader = SegmentFixture.WriteAndOpen(rows);
            RowsAssert.Equal(
                rows, SegmentFixture.ReadAll(reader, new SeriesId(0)), $"seed {seed}, {rowCount} rows");
            reader.Release();
        }
    }

    [Fact]
    public void Many_series_are_found_and_others_are_not()
    {
        Random random = new(4711);
        SeriesRows[] series =
            [.. Enumerable.Range(0, 300).Select(i => RandomRows.Create(random, 1 + (i * 7 % 90), i))];
        SegmentReader reader = SegmentFixture.WriteAndOpen(series);
        Assert.Equal(300, reader.SeriesCount);
        Assert.False(reader.TryFindSeries(new SeriesId(300), out _));
        for (int i = 0; i < series.Length; i++)
        {
            SeriesEntry entry = reader.GetSeries(i);
            Assert.Equal(new SeriesId((uint)i), entry.Series);
            Assert.Equal(3, entry.TableId);
            Assert.Equal(series[i].RowCount, entry.RowCount);
            Assert.Equal(series[i].TimestampsNs[0], entry.FirstTimestampNs);
            Assert.Equal(series[i].TimestampsNs[series[i].RowCount - 1], entry.LastTimestampNs);
            RowsAssert.Equal(series[i], SegmentFixture.ReadAll(reader, entry.Series), $"series {i}");
        }

        reader.Release();
    }

    [Fact]
    public void A_wide_table_comes_back_and_its_absent_columns_cost_a_byte_a_block()
    {
        Random random = new(5);
        SeriesRows rows = new();
        RandomRows.AddTimestamps(rows, random, 2000, 0, 1000);
        for (int columnId = 1; columnId <= 1000; columnId++)
        {
            RowColumn column = rows.AddColumn(ColumnKey.ValueOf(columnId), ColumnType.Int64);
            column.SetAbsent(0, 2000);
            column.SetPresent(columnId);
            column.Cells[columnId] = (ulong)columnId;
        }

        SegmentReader reader = SegmentFixture.WriteAndOpen(rows);
        RowsAssert.Equal(rows, SegmentFixture.ReadAll(reader, new SeriesId(0)), "wide");
        Assert.InRange(reader.Info.SizeBytes, 1, 40_000);
        reader.Release();
    }

    [Fact]
    public void An_empty_segment_opens()
    {
        SegmentReader reader = SegmentFixture.WriteAndOpen();
        Assert.Equal(0, reader.SeriesCount);
        Assert.False(reader.TryFindSeries(new SeriesId(0), out _));
        reader.Release();
    }

    [Fact]
    public void Timestamps_at_both_ends_of_time_are_kept()
    {
        SeriesRows rows = new();
        rows.EnsureCapacity(3);
        rows.TimestampsNs[0] = long.MinValue;
        rows.TimestampsNs[1] = 0;
        rows.TimestampsNs[2] = long.MaxValue;
        rows.RowCount = 3;
        RowColumn column = rows.AddColumn(ColumnKey.ValueOf(1), ColumnType.Int64);
        column.Cells[0] = 1;
        column.SetAbsent(1);
        column.Cells[2] = unchecked((ulong)long.MinValue);
        SegmentReader reader = SegmentFixture.WriteAndOpen(rows);
        RowsAssert.Equal(rows, SegmentFixture.ReadAll(reader, new SeriesId(0)), "ends");
        reader.Release();
    }
}
