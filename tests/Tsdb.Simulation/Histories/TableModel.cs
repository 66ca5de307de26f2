using Tsdb.Core;
using Tsdb.Storage;

namespace Tsdb.Simulation.Histories;

/// <summary>One table: column types and rows.</summary>
internal sealed class TableModel
{
    /// <summary>Types by column; one that met a float is a float column for ever.</summary>
    public SortedDictionary<string, ColumnType> Columns { get; } = new(StringComparer.Ordinal);

    /// <summary>Rows by series and time.</summary>
    public SortedDictionary<string, SortedDictionary<long, RowModel>> Series { get; } =
        new(StringComparer.Ordinal);

    /// <summary>One that can be changed without this one changing.</summary>
    public TableModel Copy()
    {
        TableModel copy = new();
        foreach ((string name, ColumnType type) in Columns)
        {
            copy.Columns.Add(name, type);
        }

        foreach ((string series, SortedDictionary<long, RowModel> rows) in Series)
        {
            SortedDictionary<long, RowModel> copied = [];
            foreach ((long timestampNs, RowModel row) in rows)
            {
                copied.Add(timestampNs, row.Copy());
            }

            copy.Series.Add(series, copied);
        }

        return copy;
    }

    /// <summary>Columns that the database knows as floats are.</summary>
    public void Widen(TableSchema table)
    {
        foreach (ColumnSchema column in table.Columns)
        {
            if (column.Type == ColumnType.Float64 && Columns.ContainsKey(column.Name))
            {
                Columns[column.Name] = ColumnType.Float64;
            }
        }
    }

    /// <summary>Defines and widens the columns of rows that are about to be added.</summary>
    public void Define(IEnumerable<WrittenRow> rows)
    {
        foreach ((CellName name, CellValue value) in rows.SelectMany(static row => row.Cells))
        {
            if (!name.HasColumnType)
            {
                continue;
            }

            if (!Columns.TryGetValue(name.Column, out ColumnType type)
                || (type == ColumnType.Int64 && value.Type == ColumnType.Float64))
            {
                Columns[name.Column] = value.Type;
            }
        }
    }

    /// <summary>Whether the row may be stored: every value fits its column.</summary>
    public bool Takes(WrittenRow row) => row.Cells.All(
        cell => !cell.Key.HasColumnType || Fits(cell.Value, Columns[cell.Key.Column]));

    public void Add(WrittenRow row)
    {
        if (!Series.TryGetValue(row.Series.Text, out SortedDictionary<long, RowModel>? rows))
        {
            Series.Add(row.Series.Text, rows = []);
        }

        if (!rows.TryGetValue(row.TimestampNs, out RowModel? model))
        {
            rows.Add(row.TimestampNs, model = new RowModel());
        }

        model.Apply(row.Cells);
    }

    private static bool Fits(CellValue value, ColumnType type) => value.As(type).Type == type;
}
