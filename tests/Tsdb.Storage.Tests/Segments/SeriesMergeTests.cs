using Tsdb.Core;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Segments.Merging;

namespace Tsdb.Storage.Tests.Segments;

public sealed class SeriesMergeTests
{
    private static readonly ColumnKey _value = ColumnKey.ValueOf(1);
    private static readonly ColumnKey _status = new(1, CellKind.Status);

    [Fact]
    public void Merged_runs_are_what_applying_their_rows_in_turn_gives()
    {
        SeriesMerge merge = new();
        SeriesRows merged = new();
        for (int seed = 1; seed <= 150; seed++)
        {
            Random random = new(seed);
            RowOracle oracle = new();
            SeriesRows[] runs = new SeriesRows[1 + random.Next(5)];
            for (int i = 0; i < runs.Length; i++)
            {
                runs[i] = CreateRun(random, random.Next(300));
                oracle.Apply(runs[i]);
            }

            merge.Merge(runs, merged);
            Check(oracle, merged, seed);
        }
    }

    [Fact]
    public void Whole_rows_that_alternate_are_what_applying_them_in_turn_gives()
    {
        SeriesMerge merge = new();
        SeriesRows merged = new();
        for (int seed = 1; seed <= 150; seed++)
        {
            Random random = new(seed);
            RowOracle oracle = new();
            SeriesRows[] runs = new SeriesRows[2 + random.Next(5)];
            for (int i = 0; i < runs.Length; i++)
            {
                SeriesRows run = new();
                int rowCount = 1 + random.Next(400);
                RandomRows.AddTimestamps(run, random, rowCount, random.Next(100), 1 + random.Next(6));
                run.TimestampsNs[0] = random.Next(8) == 0 ? long.MinValue : run.TimestampsNs[0];
                ref long lastNs = ref run.TimestampsNs[rowCount - 1];
                lastNs = random.Next(8) == 0 ? long.MaxValue : lastNs;
                RandomRows.AddColumn(run, random, _value, ColumnType.Float64, presentRatio: 1);
                RandomRows.AddColumn(run, random, ColumnKey.ValueOf(2), ColumnType.Int64, presentRatio: 1);
                runs[i] = run;
                oracle.Apply(run);
            }

            merge.Merge(runs, merged);
            Check(oracle, merged, seed);
        }
    }

    [Fact]
    public void Sorted_rows_are_what_applying_them_in_order_of_arrival_gives()
    {
        SeriesSort sort = new();
        SeriesRows sorted = new();
        for (int seed = 1; seed <= 80; seed++)
        {
            Random random = new(seed);
            SeriesRows rows = CreateRun(random, random.Next(500));
            for (int row = 0; row < rows.RowCount; row++)
            {
                bool isLate = random.Next(10) == 0;
                rows.TimestampsNs[row] = isLate ? random.Next(row + 1) : row / (1 + (seed % 3));
            }

            RowOracle oracle = new();
            oracle.Apply(rows);
            sort.SortAndDeduplicate(rows, sorted);
            Check(oracle, sorted, seed);
            Assert.True(SeriesSort.IsSorted(sorted));
        }
    }

    [Fact]
    public void A_newer_value_takes_the_older_values_status_away()
    {
        SeriesRows older = Row((_value, 1), (_status, 0x8000_0000));
        SeriesRows newer = Row((_value, 2));
        Assert.Equal("1/Value=2 ", MergeOneRow(older, newer));
    }

    [Fact]
    public void A_patch_leaves_the_value_alone()
    {
        SeriesRows older = Row((_value, 1));
        SeriesRows newer = Row((_status, 0x8000_0000));
        Assert.Equal("1/Value=1 1/Status=80000000 ", MergeOneRow(older, newer));
    }

    [Fact]
    public void Columns_that_a_newer_row_lacks_stay()
    {
        SeriesRows older = Row((_value, 1), (ColumnKey.ValueOf(2), 5));
        SeriesRows newer = Row((ColumnKey.ValueOf(2), 6), (ColumnKey.ValueOf(3), 7));
        Assert.Equal("1/Value=1 2/Value=6 3/Value=7 ", MergeOneRow(older, newer));
    }

    [Fact]
    public void Integers_widen_where_another_run_has_doubles()
    {
        SeriesRows older = Row((_value, 3));
        SeriesRows newer = Row();
        newer.TimestampsNs[0] = 9;
        newer.AddColumn(_value, ColumnType.Float64).Cells[0] = BitConverter.DoubleToUInt64Bits(0.5);
        SeriesRows merged = new();
        new SeriesMerge().Merge([older, newer], merged);
        Assert.Equal(ColumnType.Float64, merged.Columns[0].Type);
        Assert.Equal(BitConverter.DoubleToUInt64Bits(3.0), merged.Columns[0].Cells[0]);
        Assert.Equal(BitConverter.DoubleToUInt64Bits(0.5), merged.Columns[0].Cells[1]);
    }

    [Fact]
    public void Kept_versions_stand_beside_each_other_older_first()
    {
        SeriesRows older = Row((_value, 1));
        SeriesRows newer = Row((_value, 2));
        SeriesRows merged = new();
        new SeriesMerge().Merge([older, newer], merged, keepsRepeats: true);
        Assert.Equal(2, merged.RowCount);
        Assert.Equal("1/Value=1 ", RowsAssert.DescribeRow(merged, 0));
        Assert.Equal("1/Value=2 ", RowsAssert.DescribeRow(merged, 1));
    }

    private static string MergeOneRow(SeriesRows older, SeriesRows newer)
    {
        SeriesRows merged = new();
        new SeriesMerge().Merge([older, newer], merged);
        Assert.Equal(1, merged.RowCount);
        return RowsAssert.DescribeRow(merged, 0);
    }

    private static SeriesRows Row(params (ColumnKey Key, ulong Cell)[] cells)
    {
        SeriesRows rows = new();
        rows.EnsureCapacity(1);
        rows.TimestampsNs[0] = 5;
        rows.RowCount = 1;
        foreach ((ColumnKey key, ulong cell) in cells)
        {
            rows.AddColumn(key, ColumnType.Int64).Cells[0] = cell;
        }

        return rows;
    }

    private static SeriesRows CreateRun(Random random, int rowCount)
    {
        SeriesRows rows = new();
        RandomRows.AddTimestamps(rows, random, rowCount, random.Next(1000), 1 + random.Next(8));
        CellKind[] kinds = [CellKind.Value, CellKind.Status, CellKind.Findings, CellKind.Repaired];
        CellKind[] rowKinds = [CellKind.RawTimestamp, CellKind.Arrival, CellKind.SourceSequence];
        foreach (CellKind kind in rowKinds.Where(_ => random.Next(4) == 0))
        {
            ColumnKey key = new(ColumnKey.RowColumnId, kind);
            RandomRows.AddColumn(rows, random, key, ColumnType.Int64, random.NextDouble());
        }

        ColumnType[] types = [ColumnType.Int64, ColumnType.String, ColumnType.Float64];
        for (int columnId = 1; columnId <= 3; columnId++)
        {
            foreach (CellKind kind in kinds.Where(_ => random.Next(2) == 0))
            {
                bool hasColumnType = kind is CellKind.Value or CellKind.Repaired;
                ColumnType type = hasColumnType ? types[columnId - 1] : ColumnType.Int64;
                double presentRatio = random.Next(2) == 0 ? 1.0 : random.NextDouble();
                RandomRows.AddColumn(rows, random, new ColumnKey(columnId, kind), type, presentRatio);
            }
        }

        return rows;
    }

    private static void Check(RowOracle oracle, SeriesRows merged, int seed)
    {
        Assert.True(oracle.RowCount == merged.RowCount, $"seed {seed}: {merged.RowCount} rows");
        int row = 0;
        foreach ((long timestampNs, string cells) in oracle.Describe())
        {
            string found = $"{merged.TimestampsNs[row]}: {RowsAssert.DescribeRow(merged, row)}";
            string wanted = $"{timestampNs}: {cells}";
            Assert.True(wanted == found, $"seed {seed}, row {row}: {wanted} expected, {found} found");
            row++;
        }
    }
}
