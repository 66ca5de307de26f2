using Tsdb.Core;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Memtables;

/// <summary>Rows beyond the open ones are sealed into chunks: they must read as they were written.</summary>
public sealed class SealedRowsTests
{
    private const int Seed = 20_261_122;

    public static TheoryData<string, int> Kinds
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (string kind in (string[])
                ["constant", "small", "counter", "jitter", "wide", "decimal", "mixed decimal", "odd doubles"])
            {
                foreach (int rowCount in (int[])[1, 63, 64, 65, 128, 1000])
                {
                    data.Add(kind, rowCount);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_cell_comes_back_bit_for_bit(string kind, int rowCount)
    {
        Random random = new(Seed);
        using TailFixture tail = new();
        bool isDouble = kind is "decimal" or "mixed decimal" or "odd doubles";
        RowShape shape = tail.AddShape(isDouble ? ColumnType.Float64 : ColumnType.Int64);
        List<(long TimestampNs, ulong Cell)> expected = [];
        long timestampNs = long.MinValue / 2;
        for (int i = 0; i < rowCount; i++)
        {
            timestampNs += kind == "jitter" ? random.NextInt64(1, 1L << 50) : 1_000_000_000;
            ulong cell = NextCell(kind, random, i);
            tail.Append(shape, timestampNs, cell);
            expected.Add((timestampNs, cell));
        }

        SeriesRows rows = tail.Read(TimeRange.All);

        Assert.Equal(expected, Pairs(rows));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Late_rows_and_new_versions_of_rows_are_put_in_their_places(int seed)
    {
        Random random = new(seed);
        using TailFixture tail = new();
        RowShape shape = tail.AddShape(ColumnType.Int64);
        SortedDictionary<long, ulong> expected = [];
        for (int i = 0; i < 700; i++)
        {
            long timestampNs = i - random.Next(random.Next(100) + 1);
            tail.Append(shape, timestampNs, (ulong)i);
            expected[timestampNs] = (ulong)i;
        }

        SeriesRows rows = tail.Read(TimeRange.All);

        Assert.Equal(expected.Select(static pair => (pair.Key, pair.Value)), Pairs(rows));
    }

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(70, 71)]
    [InlineData(50, 333)]
    public void Rows_of_two_senders_at_once_are_put_in_order(long from, long to)
    {
        using TailFixture tail = new();
        RowShape shape = tail.AddShape(ColumnType.Int64, ColumnType.Float64);
        for (int i = 0; i < 500; i++)
        {
            int row = (i / 10 * 10) + (i % 10 < 5 ? (i % 10) + 5 : (i % 10) - 5);
            tail.Append(shape, row, [(ulong)row * 3, BitConverter.DoubleToUInt64Bits(row / 10.0)]);
        }

        SeriesRows rows = tail.Read(new TimeRange(from, to));

        int[] expected = [.. Enumerable.Range(0, 500).Where(row => row >= from && row < to)];
        Assert.Equal(expected.Select(static row => ((long)row, (ulong)row * 3)), Pairs(rows));
        Assert.Equal(
            expected.Select(static row => BitConverter.DoubleToUInt64Bits(row / 10.0)),
            rows.Columns[1].Cells.Take(rows.RowCount));
    }

    [Fact]
    public void Rows_of_two_shapes_fold_by_their_order_of_arrival()
    {
        using TailFixture tail = new();
        RowShape one = tail.AddShape(ColumnType.Int64);
        RowShape two = tail.AddShape(ColumnType.Int64, ColumnType.Int64);
        for (int i = 0; i < 200; i++)
        {
            tail.Append(i % 2 == 0 ? one : two, i, [(ulong)i, 1]);
            tail.Append(i % 2 == 0 ? two : one, i, [(ulong)i + 1000, 2]);
        }

        SeriesRows rows = tail.Read(TimeRange.All);

        Assert.Equal(200, rows.RowCount);
        Assert.All(Enumerable.Range(0, 200), i =>
            Assert.Equal(((ulong)i + 1000, i % 2 == 0 ? 2UL : 1UL),
                (rows.Columns[0].Cells[i], rows.Columns[1].Cells[i])));
    }

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(63, 65)]
    [InlineData(64, 128)]
    [InlineData(100, 101)]
    [InlineData(300, 310)]
    [InlineData(290, 400)]
    [InlineData(400, 500)]
    public void A_range_cuts_chunks_and_open_rows(long from, long to)
    {
        using TailFixture tail = new();
        RowShape shape = tail.AddShape(ColumnType.Int64);
        for (int i = 0; i < 310; i++)
        {
            tail.Append(shape, i, (ulong)i * 3);
        }

        SeriesRows rows = tail.Read(new TimeRange(from, to));

        Assert.Equal(
            Enumerable.Range(0, 310)
                .Where(i => i >= from && i < to)
                .Select(static i => ((long)i, (ulong)i * 3)),
            Pairs(rows));
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(20_000)]
    public void Rows_of_very_many_columns_fit(int columnCount)
    {
        using TailFixture tail = new();
        RowShape shape = tail.AddShape([.. Enumerable.Repeat(ColumnType.Int64, columnCount)]);
        ulong[] cells = new ulong[columnCount];
        for (int row = 0; row < 70; row++)
        {
            cells.AsSpan().Fill(ulong.MaxValue / (ulong)(row + 1));
            cells[^1] = (ulong)row;
            tail.Append(shape, row, cells);
        }

        SeriesRows rows = tail.Read(TimeRange.All);

        Assert.Equal(70, rows.RowCount);
        Assert.Equal(
            Enumerable.Range(0, 70).Select(static row => (ulong)row), rows.Columns[^1].Cells.Take(70));
        Assert.Equal(ulong.MaxValue / 70, rows.Columns[0].Cells[69]);
    }

    [Fact]
    public async Task A_reader_beside_the_writer_sees_all_rows_up_to_some_moment()
    {
        const int RowCount = 400_000;
        using TailFixture tail = new();
        RowShape shape = tail.AddShape(ColumnType.Int64, ColumnType.Int64);
        Task writing = Task.Run(
            () =>
            {
                for (int i = 0; i < RowCount; i++)
                {
                    tail.Append(shape, i, [(ulong)i * 7, (ulong)i]);
                }
            },
            TestContext.Current.CancellationToken);
        MemtableSeriesReader reader = tail.CreateReader();
        SeriesRows rows = new();
        int seenCount = 0;
        do
        {
            long from = Math.Max(0, seenCount - 100);
            reader.Collect(tail.Shard, 0, new TimeRange(from, long.MaxValue), [], rows);
            Assert.True(from + rows.RowCount >= seenCount, $"{from + rows.RowCount} after {seenCount} rows");
            for (int i = 0; i < rows.RowCount; i++)
            {
                Assert.Equal(from + i, rows.TimestampsNs[i]);
                Assert.Equal((ulong)(from + i) * 7, rows.Columns[0].Cells[i]);
                Assert.Equal((ulong)(from + i), rows.Columns[1].Cells[i]);
            }

            seenCount = (int)from + rows.RowCount;
        }
        while (seenCount < RowCount);

        await writing;
    }

    private static IEnumerable<(long TimestampNs, ulong Cell)> Pairs(SeriesRows rows) =>
        Enumerable.Range(0, rows.RowCount).Select(i => (rows.TimestampsNs[i], rows.Columns[0].Cells[i]));

    private static ulong NextCell(string kind, Random random, int row) => kind switch
    {
        "constant" => 42,
        "small" => (ulong)random.Next(-100, 100),
        "counter" => (ulong)((row * 1_000_003L) + random.Next(3)),
        "jitter" or "wide" => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        "decimal" => BitConverter.DoubleToUInt64Bits(random.Next(-10_000, 10_000) / 100.0),
        "mixed decimal" => BitConverter.DoubleToUInt64Bits(
            row % 100 == 99 ? random.NextDouble() : random.Next(10_000) / (row > 70 ? 1000.0 : 10.0)),
        _ => BitConverter.DoubleToUInt64Bits((row % 7) switch
        {
            0 => double.NaN,
            1 => -0.0,
            2 => double.PositiveInfinity,
            3 => double.Epsilon,
            4 => double.MaxValue,
            _ => random.Next(100),
        }),
    };
}
