using System.Text;
using Tsdb.Core;

namespace Tsdb.Simulation.Histories;

/// <summary>Makes the batch that carries some rows, as an ingest path would.</summary>
internal static class BatchBuilder
{
    public static SampleBatch Build(IReadOnlyList<WrittenRow> rows)
    {
        SampleBatch batch = new();
        ByteSlab keys = new();
        int lineNumber = 0;
        Dictionary<string, BuiltTable> tables = [];
        foreach (WrittenRow row in rows)
        {
            if (!tables.TryGetValue(row.Series.Table, out BuiltTable? table))
            {
                table = new BuiltTable(batch.AddTable(Encoding.UTF8.GetBytes(row.Series.Table)), []);
                tables.Add(row.Series.Table, table);
            }

            AddKey(table.Rows, row, keys, ++lineNumber);
            foreach ((CellName name, CellValue value) in row.Cells)
            {
                if (!table.Columns.TryGetValue((name, value.Type), out SampleColumn? column))
                {
                    column = table.Rows.AddColumn(Encoding.UTF8.GetBytes(name.Column), value.Type, name.Kind);
                    table.Columns.Add((name, value.Type), column);
                }

                column.Append(
                    table.Rows.RowCount,
                    value.Text is null
                        ? value.Bits
                        : batch.Texts.Append(Encoding.UTF8.GetBytes(value.Text)).ToCell());
            }

            table.Rows.RowCount++;
        }

        foreach ((TableRows table, Dictionary<(CellName, ColumnType), SampleColumn> columns) in tables.Values)
        {
            foreach (SampleColumn column in columns.Values.Where(column => column.CellCount < table.RowCount))
            {
                column.MakeSparse();
            }
        }

        batch.KeyText = keys.Span.ToArray();
        return batch;
    }

    private static void AddKey(TableRows table, WrittenRow row, ByteSlab keys, int lineNumber)
    {
        ByteSlab texts = new();
        List<SeriesTag> tags = [];
        foreach ((string key, string value) in row.Series.Tags)
        {
            tags.Add(new SeriesTag(
                texts.Append(Encoding.UTF8.GetBytes(key)), texts.Append(Encoding.UTF8.GetBytes(value))));
        }

        TextSpan span = SeriesKeyWriter.Append(
            keys, Encoding.UTF8.GetBytes(row.Series.Table), texts.Span, [.. tags]);
        int index = table.RowCount;
        table.EnsureCapacity(index + 1);
        table.TimestampsNs[index] = row.TimestampNs;
        table.KeyOffsets[index] = span.OffsetBytes;
        table.KeyLengths[index] = span.SizeBytes;
        table.LineNumbers[index] = lineNumber;
    }

    private sealed record BuiltTable(
        TableRows Rows, Dictionary<(CellName, ColumnType), SampleColumn> Columns);
}
