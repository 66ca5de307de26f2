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

    /// <summary>How long rows live; null for ever.</summary>
    public TimeSpan? Ttl { get; set; }

    /// <summary>Rows before it are not seen.</summary>
    public long KeptFromNs { get; private set; } = long.MinValue;

    /// <summary>Hides what is too old at a time; null: nothing.</summary>
    public void SetTime(Timestamp? now) => KeptFromNs = FindKeptFromNs(Ttl, now);

    /// <summary>Changes how long rows live; what has expired by then is gone.</summary>
    public void SetTtl(TimeSpan? ttl, Timestamp? now)
    {
        ExpireBefore(ttl, now);
        Ttl = ttl;
    }

    /// <summary>Forgets what has expired, if rows are to live longer.</summary>
    public void ExpireBefore(TimeSpan? ttl, Timestamp? now)
    {
        long keptFromNs = FindKeptFromNs(Ttl, now);
        if (FindKeptFromNs(ttl, now) >= keptFromNs)
        {
            return;
        }

        foreach (SortedDictionary<long, RowModel> rows in Series.Values)
        {
            foreach (long timestampNs in rows.Keys.TakeWhile(key => key < keptFromNs).ToList())
            {
                rows.Remove(timestampNs);
            }
        }
    }

    /// <summary>One that can be changed without this one changing.</summary>
    public TableModel Copy()
    {
        TableModel copy = new() { Ttl = Ttl };
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

    private static long FindKeptFromNs(TimeSpan? ttl, Timestamp? now) => ttl is { } span && now is { } time
        ? (long)Int128.Max(
            time.UnixNs - ((Int128)span.Ticks * TimeSpan.NanosecondsPerTick), long.MinValue)
        : long.MinValue;
}
