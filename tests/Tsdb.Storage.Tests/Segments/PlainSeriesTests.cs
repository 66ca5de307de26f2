using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Segments;

/// <summary>Series after series whose columns are alike, but for one now and then that is not.</summary>
public sealed class PlainSeriesTests
{
    private const int Seed = 20261123;

    [Fact]
    public void Series_of_few_rows_come_back_whatever_came_before_them()
    {
        Random random = new(Seed);
        SeriesRows[] series = [.. Enumerable.Range(0, 2000).Select(_ => Create(random))];
        SegmentReader together = SegmentFixture.WriteAndOpen(series);
        SegmentFeatures features = SegmentFeatures.None;
        for (int i = 0; i < series.Length; i++)
        {
            RowsAssert.Equal(
                series[i],
                SegmentFixture.ReadAll(together, new SeriesId((uint)i)),
                $"seed {Seed}, series {i}");
            features |= SegmentFeatureScan.Of(series[i]);
        }

        Assert.Equal(features, together.Info.Features);
        Assert.Equal(series.Sum(CountValues), together.Info.CellCount);
        together.Release();
    }

    [Fact]
    public void A_series_takes_the_same_bytes_after_others_as_alone()
    {
        Random random = new(Seed);
        SeriesRows first = CreatePlain(random, 3, 300);
        for (int i = 0; i < 200; i++)
        {
            SeriesRows rows = i % 2 == 0 ? CreatePlain(random, random.Next(1, 8), 300) : Create(random);
            SegmentReader alone = SegmentFixture.WriteAndOpen(rows);
            SegmentReader after = SegmentFixture.WriteAndOpen(first, rows);
            Assert.True(
                ReadData(alone, 0).AsSpan().SequenceEqual(ReadData(after, 1)), $"seed {Seed}, round {i}");
            alone.Release();
            after.Release();
        }
    }

    private static byte[] ReadData(SegmentReader reader, int series)
    {
        SeriesEntry entry = reader.GetSeries(series);
        byte[] data = new byte[reader.Footer.Data.EndBytes - entry.DataOffsetBytes];
        reader.ReadData(entry.DataOffsetBytes, data);
        return data;
    }

    private static long CountValues(SeriesRows rows)
    {
        long count = 0;
        foreach (RowColumn column in rows.ColumnSpan)
        {
            count += column.Key.Kind == CellKind.Value ? column.CountPresent(0, rows.RowCount) : 0;
        }

        return count;
    }

    private static SeriesRows Create(Random random)
    {
        SeriesRows rows = CreatePlain(random, random.Next(1, 8), random.Next(5) == 0 ? 4 : 10);
        switch (random.Next(8))
        {
            case 0:
                rows.ColumnSpan[random.Next(rows.Columns.Count)].SetAbsent(random.Next(rows.RowCount));
                break;
            case 1:
                rows.ColumnSpan[0].SetAbsent(0, rows.RowCount);
                break;
            case 2:
                RowColumn status = rows.AddColumn(new ColumnKey(2, CellKind.Status), ColumnType.Int64);
                status.Cells.AsSpan(0, rows.RowCount).Clear();
                break;
            case 3:
                RowColumn floats = rows.AddColumn(ColumnKey.ValueOf(5000), ColumnType.Float64);
                floats.Cells.AsSpan(0, rows.RowCount).Fill(BitConverter.DoubleToUInt64Bits(1.5));
                break;
        }

        return rows;
    }

    private static SeriesRows CreatePlain(Random random, int rowCount, int columnCount)
    {
        SeriesRows rows = new();
        RandomRows.AddTimestamps(rows, random, rowCount, 0, 1000);
        for (int i = 1; i <= columnCount; i++)
        {
            RowColumn column = rows.AddColumn(ColumnKey.ValueOf(i), ColumnType.Int64);
            int bits = random.Next(8) == 0 ? 64 : 8;
            foreach (ref ulong cell in column.Cells.AsSpan(0, rowCount))
            {
                cell = (ulong)random.NextInt64() >> (64 - bits);
            }
        }

        return rows;
    }
}
