using Tsdb.Core;

namespace Tsdb.Storage.Segments;

/// <summary>
/// The columns that a table's last series had, all of them plain values in every row: the next one mostly has
/// the same, and then there is nothing to look for.
/// </summary>
internal sealed class PlainLayout
{
    private uint[] _keys = [];
    private ColumnType[] _types = [];
    private int _count = -1;

    /// <summary>The number of the layout.</summary>
    public int Number { get; private set; }

    /// <summary>Whether these columns are the same, and have a cell in every row.</summary>
    public bool IsOf(ReadOnlySpan<RowColumn> columns)
    {
        if (columns.Length != _count)
        {
            return false;
        }

        ReadOnlySpan<uint> keys = _keys.AsSpan(0, columns.Length);
        ReadOnlySpan<ColumnType> types = _types.AsSpan(0, columns.Length);
        for (int i = 0; i < columns.Length; i++)
        {
            RowColumn column = columns[i];
            if (column.Presence is not null || column.Key.Packed != keys[i] || column.Type != types[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Remembers columns and their layout, unless some are no values or not in every row.</summary>
    public void Remember(ReadOnlySpan<RowColumn> columns, int number)
    {
        _count = -1;
        if (_keys.Length < columns.Length)
        {
            _keys = new uint[columns.Length];
            _types = new ColumnType[columns.Length];
        }

        for (int i = 0; i < columns.Length; i++)
        {
            if (columns[i].Presence is not null || columns[i].Key.Kind != CellKind.Value)
            {
                return;
            }

            _keys[i] = columns[i].Key.Packed;
            _types[i] = columns[i].Type;
        }

        _count = columns.Length;
        Number = number;
    }
}
