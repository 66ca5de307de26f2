using Tsdb.Core;
using Tsdb.Storage.Catalogs;

namespace Tsdb.Storage.Commits;

/// <summary>The rows of one table with every name replaced by its id. Reusable.</summary>
internal sealed class ResolvedTable
{
    private readonly List<ResolvedColumn> _columns = [];
    private TableState? _table;
    private TableRows? _rows;
    private SampleBatch? _copy;

    public TableState Table => _table!;

    public TableRows Rows => _rows!;

    /// <summary>The series of each row (<see cref="SeriesId.Value"/>), valid below the row count.</summary>
    public uint[] SeriesIds { get; private set; } = [];

    /// <summary>The columns that have cells, ascending by key. A key may come twice, for disjoint
    /// rows.</summary>
    public List<ResolvedColumn> Columns => _columns;

    /// <summary>Whether every column has a cell in every row.</summary>
    public bool IsDense { get; private set; }

    public void Reset(TableState table, TableRows rows)
    {
        _table = table;
        _rows = rows;
        _columns.Clear();
        if (SeriesIds.Length < rows.RowCount)
        {
            SeriesIds = new uint[Math.Max(rows.RowCount, SeriesIds.Length * 2)];
        }
    }

    /// <summary>Makes room for so many rows, and keeps those there are.</summary>
    public void EnsureCapacity(int rowCount)
    {
        Rows.EnsureCapacity(rowCount);
        if (SeriesIds.Length < rowCount)
        {
            uint[] seriesIds = SeriesIds;
            Array.Resize(ref seriesIds, Math.Max(rowCount, seriesIds.Length * 2));
            SeriesIds = seriesIds;
        }
    }

    public void Complete()
    {
        _columns.Sort(static (left, right) => left.Key.CompareTo(right.Key));
        IsDense = true;
        foreach (ResolvedColumn column in _columns)
        {
            IsDense &= !column.Source.IsSparse;
        }
    }

    /// <summary>Memory for the same rows in another order; they take the place of <see cref="Rows"/>, which
    /// stay the sender's.</summary>
    public TableRows StartCopy(int rowCount)
    {
        _copy ??= new SampleBatch();
        _copy.Clear();
        TableRows rows = _copy.AddTable([]);
        rows.EnsureCapacity(rowCount);
        rows.RowCount = rowCount;
        _rows = rows;
        return rows;
    }

    /// <summary>Drops the marked rows from every array.</summary>
    public void RemoveRows(ReadOnlySpan<bool> isRemoved)
    {
        foreach (ResolvedColumn column in _columns)
        {
            RemoveCells(column.Source, isRemoved);
        }

        int kept = 0;
        for (int row = 0; row < Rows.RowCount; row++)
        {
            if (!isRemoved[row])
            {
                Rows.TimestampsNs[kept] = Rows.TimestampsNs[row];
                SeriesIds[kept] = SeriesIds[row];
                kept++;
            }
        }

        Rows.RowCount = kept;
    }

    private static void RemoveCells(SampleColumn column, ReadOnlySpan<bool> isRemoved)
    {
        int kept = 0;
        int removedRows = 0;
        int row = 0;
        for (int cell = 0; cell < column.CellCount; cell++)
        {
            int cellRow = column.IsSparse ? column.RowIndexes[cell] : cell;
            for (; row < cellRow; row++)
            {
                removedRows += isRemoved[row] ? 1 : 0;
            }

            if (!isRemoved[cellRow])
            {
                column.Cells[kept] = column.Cells[cell];
                if (column.IsSparse)
                {
                    column.RowIndexes[kept] = cellRow - removedRows;
                }

                kept++;
            }
        }

        column.CellCount = kept;
    }
}
