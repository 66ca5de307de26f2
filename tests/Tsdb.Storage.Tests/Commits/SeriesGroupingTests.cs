using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;

namespace Tsdb.Storage.Tests.Commits;

/// <summary>Rows are put in another order before they are logged: which of two versions is the last must not
/// change, nor what the sender holds.</summary>
public sealed class SeriesGroupingTests
{
    private const int Seed = 20_261_122;

    [Theory]
    [InlineData(10_000, 1_000, 10)]
    [InlineData(10_000, 100, 2)]
    [InlineData(2_000, 3, 700)]
    [InlineData(64, 16, 5)]
    [InlineData(500, 1, 40)]
    public void Versions_of_a_row_keep_their_order(int rowCount, int seriesCount, int timeCount)
    {
        Random random = new(Seed);
        ResolvedTable table = CreateRows(rowCount, row => (uint)random.Next(seriesCount), random, timeCount);
        List<Row> sent = RowsOf(table);

        new SeriesGrouping().Apply(table);

        Assert.Equal(Versions(sent), Versions(RowsOf(table)));
    }

    [Fact]
    public void Rows_of_a_series_come_together_and_by_time()
    {
        Random random = new(Seed);
        ResolvedTable table = CreateRows(10_000, row => (uint)random.Next(1_000), random, 100);

        new SeriesGrouping().Apply(table);

        uint[] ids = table.SeriesIds[..10_000];
        int changeCount = ids.Skip(1).Zip(ids).Count(static pair => pair.First != pair.Second);
        Assert.Equal(ids.Distinct().Count() - 1, changeCount);
        Assert.All(
            Enumerable.Range(1, 9_999),
            row => Assert.True(ids[row] != ids[row - 1]
                || table.Rows.TimestampsNs[row] >= table.Rows.TimestampsNs[row - 1]));
    }

    [Fact]
    public void What_the_sender_holds_stays_as_it_is()
    {
        Random random = new(Seed);
        ResolvedTable table = CreateRows(5_000, row => (uint)(row % 500), random, 50);
        TableRows sent = table.Rows;
        long[] timestampsNs = sent.TimestampsNs[..5_000];
        ulong[] cells = sent.GetColumn(0).Cells[..5_000];

        new SeriesGrouping().Apply(table);

        Assert.NotSame(sent, table.Rows);
        Assert.Equal(timestampsNs, sent.TimestampsNs[..5_000]);
        Assert.Equal(cells, sent.GetColumn(0).Cells[..5_000]);
    }

    [Theory]
    [InlineData(5_000, 4_000, 1)]
    [InlineData(5_000, 500, 1_000)]
    [InlineData(60, 3, 1)]
    public void Nothing_is_done_where_little_is_gained(int rowCount, int seriesCount, int idStep)
    {
        Random random = new(Seed);
        ResolvedTable table =
            CreateRows(rowCount, row => (uint)(row % seriesCount * idStep), random, 100);
        TableRows sent = table.Rows;

        new SeriesGrouping().Apply(table);

        Assert.Same(sent, table.Rows);
    }

    [Fact]
    public void A_frame_of_mixed_sensors_takes_far_less_room_when_grouped()
    {
        ResolvedTable arrived = CreateSensors();
        ResolvedTable grouped = CreateSensors();
        new SeriesGrouping().Apply(grouped);

        Assert.InRange(SizeOf(grouped), 1, SizeOf(arrived) * 6 / 10);
    }

    private static int SizeOf(ResolvedTable table)
    {
        FrameWriter writer = new();
        writer.AddTable(table, new ByteSlab());
        return writer.Payload.SizeBytes;
    }

    /// <summary>Each second a thousand readings in any order: decimals, noise, levels and counters.</summary>
    private static ResolvedTable CreateSensors()
    {
        Random random = new(Seed);
        int[] turns = [.. Enumerable.Range(0, 1_000)];
        return Create(10_000, (rows, column, row) =>
        {
            if (row % 1_000 == 0)
            {
                random.Shuffle(turns);
            }

            int sensor = turns[row % 1_000];
            double value = (sensor % 4) switch
            {
                0 => Math.Round(20 + sensor + random.NextDouble(), 2),
                1 => random.NextDouble(),
                2 => sensor * 5,
                _ => (sensor * 10_000) + (row / 1_000),
            };
            rows.TimestampsNs[row] = ((row / 1_000 * 1_000L) + random.Next(40)) * 1_000_000;
            column.Append(row, BitConverter.DoubleToUInt64Bits(value));
            return (uint)sensor;
        });
    }

    private static ResolvedTable CreateRows(
        int rowCount, Func<int, uint> series, Random random, int timeCount) =>
        Create(rowCount, (rows, column, row) =>
        {
            rows.TimestampsNs[row] = random.Next(timeCount);
            column.Append(row, BitConverter.DoubleToUInt64Bits(random.Next(1_000_000) / 100.0));
            if (random.Next(3) == 0)
            {
                rows.GetColumn(1).Append(row, (ulong)row);
            }

            return series(row);
        });

    private static ResolvedTable Create(int rowCount, Func<TableRows, SampleColumn, int, uint> fill)
    {
        TableRows rows = new SampleBatch().AddTable("t"u8);
        SampleColumn dense = rows.AddColumn("d"u8, ColumnType.Float64);
        SampleColumn sparse = rows.AddColumn("s"u8, ColumnType.Int64);
        rows.EnsureCapacity(rowCount);
        rows.RowCount = rowCount;
        CatalogStore catalog = new(1);
        ResolvedTable table = new();
        lock (catalog.Gate)
        {
            table.Reset(catalog.AddTable("t"), rows);
        }

        for (int row = 0; row < rowCount; row++)
        {
            table.SeriesIds[row] = fill(rows, dense, row);
        }

        table.Columns.Add(new ResolvedColumn(ColumnKey.ValueOf(1), ColumnType.Float64, dense));
        if (sparse.CellCount > 0)
        {
            sparse.MakeSparse();
            table.Columns.Add(new ResolvedColumn(ColumnKey.ValueOf(2), ColumnType.Int64, sparse));
        }

        table.Complete();
        return table;
    }

    private static List<Row> RowsOf(ResolvedTable table)
    {
        SampleColumn dense = table.Columns[0].Source;
        SampleColumn sparse = table.Columns[1].Source;
        Dictionary<int, ulong> cells = Enumerable.Range(0, sparse.CellCount)
            .ToDictionary(cell => sparse.RowIndexes[cell], cell => sparse.Cells[cell]);
        return
        [
            .. Enumerable.Range(0, table.Rows.RowCount).Select(row => new Row(
                table.SeriesIds[row],
                table.Rows.TimestampsNs[row],
                dense.Cells[row],
                cells.TryGetValue(row, out ulong cell) ? cell : null)),
        ];
    }

    /// <summary>By series and time, those that are equal in the order they have.</summary>
    private static List<Row> Versions(List<Row> rows) =>
        [.. rows.OrderBy(static row => row.Series).ThenBy(static row => row.TimestampNs)];

    private sealed record Row(uint Series, long TimestampNs, ulong Dense, ulong? Sparse);
}
