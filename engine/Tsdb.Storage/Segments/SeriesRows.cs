using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Rows of one series: what a flush writes, a block holds and a merge makes. Timestamps ascend strictly,
/// except for kept versions (<see cref="SegmentRole.History"/>), where they may repeat.
/// </summary>
/// <remarks>Reusable; not thread safe. <see cref="Clear"/> keeps the memory.</remarks>
internal sealed class SeriesRows
{
    private readonly List<RowColumn> _columns = [];
    private readonly Stack<RowColumn> _spares = [];

    /// <summary>Rows in use. Whoever appends makes room first and then sets it.</summary>
    public int RowCount { get; set; }

    /// <summary>
    /// Event time of each row, ns since the Unix epoch; valid below <see cref="RowCount"/>.
    /// </summary>
    public long[] TimestampsNs { get; private set; } = [];

    /// <summary>The cell streams, ascending by key, keys unique.</summary>
    public IReadOnlyList<RowColumn> Columns => _columns;

    /// <summary>As <see cref="Columns"/>, for loops; valid until a column is added.</summary>
    public ReadOnlySpan<RowColumn> ColumnSpan => CollectionsMarshal.AsSpan(_columns);

    /// <summary>The bytes that the text cells point to.</summary>
    public ByteSlab Texts { get; } = new();

    /// <summary>Rows for which there is room.</summary>
    public int Capacity => TimestampsNs.Length;

    /// <summary>Forgets rows, columns and texts; keeps the memory.</summary>
    public void Clear()
    {
        RowCount = 0;
        Texts.Clear();
        foreach (RowColumn column in _columns)
        {
            _spares.Push(column);
        }

        _columns.Clear();
    }

    /// <summary>
    /// Forgets rows and texts; has these columns from here on, as if each were added anew.
    /// </summary>
    /// <param name="keys">Ascending.</param>
    /// <param name="types">The type of each.</param>
    public void StartOver(ReadOnlySpan<ColumnKey> keys, ReadOnlySpan<ColumnType> types)
    {
        if (keys.Length != _columns.Count)
        {
            Clear();
            for (int i = 0; i < keys.Length; i++)
            {
                AddColumn(keys[i], types[i]);
            }

            return;
        }

        RowCount = 0;
        Texts.Clear();
        ReadOnlySpan<RowColumn> columns = ColumnSpan;
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i].Reset(keys[i], types[i], Capacity);
        }
    }

    /// <summary>
    /// Adds a column at its place in the order, every row present and every cell undefined: the caller writes
    /// each cell or marks it absent, those of the rows that are there already included.
    /// </summary>
    /// <param name="key">Not among <see cref="Columns"/> yet.</param>
    /// <param name="type">Type of every cell.</param>
    public RowColumn AddColumn(ColumnKey key, ColumnType type)
    {
        RowColumn column = _spares.TryPop(out RowColumn? spare) ? spare : new RowColumn();
        column.Reset(key, type, Capacity);
        if (_columns.Count == 0 || _columns[^1].Key.CompareTo(key) < 0)
        {
            _columns.Add(column);
            return column;
        }

        int index = FindColumn(key);
        Invariant.Holds(index < 0);
        _columns.Insert(~index, column);
        return column;
    }

    /// <summary>
    /// The position of a column in <see cref="Columns"/>, or the complement of where it would stand.
    /// </summary>
    public int FindColumn(ColumnKey key)
    {
        int low = 0;
        int high = _columns.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = _columns[middle].Key.CompareTo(key);
            if (order == 0)
            {
                return middle;
            }

            low = order < 0 ? middle + 1 : low;
            high = order < 0 ? high : middle - 1;
        }

        return ~low;
    }

    /// <summary>As <see cref="FindColumn(ColumnKey)"/>, where the place is most likely known.</summary>
    /// <param name="key">Of the column.</param>
    /// <param name="expected">Where it is or, when it is not there, would be added, most likely.</param>
    public int FindColumn(ColumnKey key, int expected)
    {
        ReadOnlySpan<RowColumn> columns = ColumnSpan;
        if ((uint)expected < (uint)columns.Length)
        {
            return columns[expected].Key.Packed == key.Packed ? expected : FindColumn(key);
        }

        return columns.IsEmpty || columns[^1].Key < key ? ~columns.Length : FindColumn(key);
    }

    /// <summary>Makes room for at least <paramref name="rowCount"/> rows; what is there is kept.</summary>
    public void EnsureCapacity(int rowCount)
    {
        if (rowCount <= Capacity)
        {
            return;
        }

        int capacity = Math.Max(rowCount, Math.Max(64, Capacity * 2));
        long[] timestampsNs = TimestampsNs;
        Array.Resize(ref timestampsNs, capacity);
        TimestampsNs = timestampsNs;
        foreach (RowColumn column in _columns)
        {
            column.EnsureCapacity(capacity);
        }
    }
}
