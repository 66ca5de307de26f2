using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>
/// What the lines after a good one are expected to be: of the same table, with the same fields in the same
/// order and of the same types. Made anew from each line that was read the long way.
/// </summary>
internal sealed class RowPlan
{
    private FieldPlan[] _fields = new FieldPlan[16];
    private int _fieldCount;
    private ExpectedBytes _tableHead;

    /// <summary>The fields, in the order of the line.</summary>
    public ReadOnlySpan<FieldPlan> Fields => _fields.AsSpan(0, _fieldCount);

    /// <summary>Where the rows go.</summary>
    public TableRows Rows { get; private set; } = new();

    /// <summary>The table's name as sent.</summary>
    public ref readonly ExpectedBytes TableHead => ref _tableHead;

    /// <summary>Rows for which all arrays have room.</summary>
    public int Capacity { get; private set; }

    /// <summary>Plans for lines like the one just stored; false when such lines must be read the long
    /// way.</summary>
    /// <param name="shape">The line's table.</param>
    /// <param name="rows">Where its row went.</param>
    /// <param name="row">Its fields.</param>
    public bool TryMake(TableShape shape, TableRows rows, StagedRow row)
    {
        if (!shape.HasExpectedHead)
        {
            return false;
        }

        if (_fields.Length < row.Count)
        {
            _fields = new FieldPlan[row.Count];
        }

        for (int i = 0; i < row.Count; i++)
        {
            (FieldSlot field, ColumnType type) = row.Describe(i);
            if (!field.HasExpectedHead
                || type is not (ColumnType.Float64 or ColumnType.Int64)
                || field.LastColumn is not { IsSparse: false } column
                || column.CellCount != rows.RowCount)
            {
                return false;
            }

            ref FieldPlan plan = ref _fields[i];
            plan.Head = i == 0 ? field.FirstHead : field.NextHead;
            plan.Type = type;
            plan.Column = column;
        }

        _fieldCount = row.Count;
        Rows = rows;
        _tableHead = shape.ExpectedHead;
        MakeRoom(rows.RowCount);
        return true;
    }

    /// <summary>Makes room for at least one row more than <paramref name="rowCount"/>.</summary>
    public void MakeRoom(int rowCount)
    {
        Rows.EnsureCapacity(rowCount + 1);
        int capacity = Rows.Capacity;
        foreach (ref FieldPlan field in _fields.AsSpan(0, _fieldCount))
        {
            field.Column.EnsureCapacity(rowCount + 1);
            field.Cells = field.Column.Cells;
            capacity = Math.Min(capacity, field.Cells.Length);
        }

        Capacity = capacity;
    }

    /// <summary>Takes the rows up to <paramref name="rowCount"/> into use; their cells are in
    /// place.</summary>
    public void Complete(int rowCount)
    {
        Invariant.Holds(rowCount >= Rows.RowCount && rowCount <= Capacity);
        Rows.RowCount = rowCount;
        foreach (ref readonly FieldPlan field in Fields)
        {
            field.Column.CellCount = rowCount;
        }
    }
}
