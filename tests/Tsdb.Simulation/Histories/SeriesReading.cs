using System.Text;
using Tsdb.Core;
using Tsdb.Storage;

namespace Tsdb.Simulation.Histories;

/// <summary>Compares what a reader gives of one series with what it must give.</summary>
internal sealed class SeriesReading(SeriesReader reader, ReadPlan plan, TableModel table)
{
    public string? FindDifference(SortedDictionary<long, RowModel> rows)
    {
        KeyValuePair<long, RowModel>[] expected =
            [.. rows.Where(row => plan.Range.Contains(row.Key) && row.Key >= table.KeptFromNs)];
        int done = 0;
        while (reader.MoveNext())
        {
            int left = expected.Length - done;
            if (reader.RowCount is < 1 or > 1024 || reader.RowCount > left)
            {
                return $"a chunk of {reader.RowCount} rows from {reader.FirstTimestampNs} to "
                    + $"{reader.LastTimestampNs} where {left} of {expected.Length} are left";
            }

            int first = plan.IsDescending ? left - reader.RowCount : done;
            Span<KeyValuePair<long, RowModel>> chunk = expected.AsSpan(first, reader.RowCount);
            string? difference = FindRowDifference(chunk) ?? FindStatisticsDifference(chunk);
            if (difference is not null)
            {
                return difference;
            }

            done += reader.RowCount;
        }

        return done == expected.Length ? null : $"{done} rows of {expected.Length}";
    }

    private string? FindRowDifference(ReadOnlySpan<KeyValuePair<long, RowModel>> expected)
    {
        if (reader.FirstTimestampNs != expected[0].Key || reader.LastTimestampNs != expected[^1].Key)
        {
            return $"a chunk from {reader.FirstTimestampNs} to {reader.LastTimestampNs}, "
                + $"expected {expected[0].Key} to {expected[^1].Key}";
        }

        for (int row = 0; row < expected.Length; row++)
        {
            if (reader.TimestampsNs[row] != expected[row].Key)
            {
                return Describe(row, expected);
            }
        }

        for (int i = 0; i < plan.Names.Count; i++)
        {
            ColumnChunk chunk = reader.Column(i);
            for (int row = 0; row < expected.Length; row++)
            {
                if (!IsSame(chunk, row, plan.Names[i], expected[row].Value))
                {
                    return Describe(row, expected);
                }
            }
        }

        return null;
    }

    private bool IsSame(in ColumnChunk chunk, int row, CellName name, RowModel expected)
    {
        if (!expected.Cells.TryGetValue(name, out CellValue value))
        {
            return !chunk.IsPresent(row);
        }

        return chunk.IsPresent(row)
            && ReadCell(chunk, row) == (name.HasColumnType ? value.As(table.Columns[name.Column]) : value);
    }

    private static CellValue ReadCell(in ColumnChunk chunk, int row) => chunk.Type == ColumnType.String
        ? CellValue.OfText(Encoding.UTF8.GetString(TextSpan.FromCell(chunk.Cells[row]).In(chunk.Texts)))
        : new CellValue(chunk.Type, chunk.Cells[row], null);

    private string Describe(int row, ReadOnlySpan<KeyValuePair<long, RowModel>> expected)
    {
        SortedDictionary<CellName, CellValue> cells = [];
        for (int i = 0; i < plan.Names.Count; i++)
        {
            ColumnChunk chunk = reader.Column(i);
            if (chunk.IsPresent(row))
            {
                cells.Add(plan.Names[i], ReadCell(chunk, row));
            }
        }

        return $"row {row} of {expected.Length}\n"
            + $"is       {reader.TimestampsNs[row]}{RowModel.ToText(cells)}\n"
            + $"expected {expected[row].Key}{RowModel.ToText(WantedCells(expected[row].Value))}";
    }

    private SortedDictionary<CellName, CellValue> WantedCells(RowModel row)
    {
        SortedDictionary<CellName, CellValue> cells = [];
        foreach ((CellName name, CellValue value) in row.Cells)
        {
            if (plan.Names.Contains(name))
            {
                cells.Add(name, name.HasColumnType ? value.As(table.Columns[name.Column]) : value);
            }
        }

        return cells;
    }

    private string? FindStatisticsDifference(ReadOnlySpan<KeyValuePair<long, RowModel>> expected)
    {
        for (int i = 0; i < plan.Names.Count; i++)
        {
            if (!reader.TryGetStatistics(i, out ColumnStatistics statistics))
            {
                continue;
            }

            string column = plan.Names[i].Column;
            List<(long TimestampNs, CellValue Value)> values = [];
            foreach ((long timestampNs, RowModel row) in expected)
            {
                if (row.Cells.TryGetValue(new CellName(column, CellKind.Value), out CellValue value))
                {
                    values.Add((timestampNs, value.As(table.Columns[column])));
                    if (!IsGood(row, column))
                    {
                        return $"{column} at {timestampNs} is not good, and yet there are statistics";
                    }
                }
            }

            string? difference = StatisticsCheck.FindDifference(statistics, values);
            if (difference is not null)
            {
                return $"statistics of {plan.Names[i]}: {difference}; they are {statistics}";
            }
        }

        return null;
    }

    private static bool IsGood(RowModel row, string column) =>
        !row.Cells.ContainsKey(new CellName(column, CellKind.Repaired))
        && (!row.Cells.TryGetValue(new CellName(column, CellKind.Status), out CellValue status)
            || new StatusCode((uint)status.Bits).Quality == Quality.Good);
}
