namespace Tsdb.Core;

/// <summary>The rows of one table within a <see cref="SampleBatch"/>, in the sender's order.</summary>
/// <remarks>
/// The arrays are public and longer than <see cref="RowCount"/>: the parser's inner loop writes them
/// directly.
/// Every index below <see cref="RowCount"/> is valid in each of them.
/// </remarks>
public sealed class TableRows
{
    private readonly List<SampleColumn> _pool = [];
    private readonly ByteSlab _name = new();
    private int _columnCount;

    /// <summary>The table's name, UTF-8, unescaped.</summary>
    public ReadOnlySpan<byte> Name => _name.Span;

    /// <summary>Rows in use.</summary>
    public int RowCount { get; set; }

    /// <summary>Event time of each row, ns since the Unix epoch.</summary>
    public long[] TimestampsNs { get; private set; } = [];

    /// <summary>Where each row's series key starts in <see cref="SampleBatch.KeyText"/>.</summary>
    /// <remarks>
    /// A key is line protocol's series part, <c>table,tag=value,tag=value</c>, escapes and order as sent.
    /// </remarks>
    public int[] KeyOffsets { get; private set; } = [];

    /// <summary>Length of each row's series key in bytes.</summary>
    public int[] KeyLengths { get; private set; } = [];

    /// <summary>
    /// With a <see cref="SeriesKeysVersion"/>: the series of each row (<see cref="SeriesId.Value"/>), or
    /// <see cref="ISeriesKeys.Unknown"/> where its key has yet to be looked up.
    /// </summary>
    public uint[] SeriesIds { get; private set; } = [];

    /// <summary>
    /// The version that the keys of the database it goes to had (<see cref="ISeriesKeys.Version"/>) before
    /// <see cref="SeriesIds"/> was filled in; null when it is not.
    /// </summary>
    public long? SeriesKeysVersion { get; set; }

    /// <summary>
    /// The list that <see cref="KeyIndexes"/> point into; null when each row spells its key out, in
    /// <see cref="KeyOffsets"/> and <see cref="KeyLengths"/>.
    /// </summary>
    public SeriesKeyList? Keys { get; private set; }

    /// <summary>When there are <see cref="Keys"/>: the number of each row's key.</summary>
    public int[] KeyIndexes { get; private set; } = [];

    /// <summary>1-based line (or row) of the sender's request that each row came from, for error
    /// replies.</summary>
    public int[] LineNumbers { get; private set; } = [];

    /// <summary>Number of columns in use.</summary>
    public int ColumnCount => _columnCount;

    /// <summary>Rows for which there is room.</summary>
    public int Capacity => TimestampsNs.Length;

    /// <summary>Memory that it keeps, in use or not. O(columns).</summary>
    public long CapacityBytes
    {
        get
        {
            long rowSizeBytes = sizeof(long) + (3 * sizeof(int)) + sizeof(uint);
            long sizeBytes = (Capacity * rowSizeBytes) + (KeyIndexes.Length * sizeof(int));
            foreach (SampleColumn column in _pool)
            {
                sizeBytes += column.CapacityBytes;
            }

            return sizeBytes;
        }
    }

    /// <summary>The column at <paramref name="index"/>, in order of first appearance.</summary>
    public SampleColumn GetColumn(int index)
    {
        Invariant.Holds((uint)index < (uint)_columnCount);
        return _pool[index];
    }

    /// <summary>Adds a column without cells. Name, type and kind together are unique within the
    /// table.</summary>
    /// <param name="name">UTF-8, unescaped; empty for row cells.</param>
    /// <param name="type">Type of the cells.</param>
    /// <param name="kind">Value, or what is said about it.</param>
    public SampleColumn AddColumn(ReadOnlySpan<byte> name, ColumnType type, CellKind kind = CellKind.Value)
    {
        if (_columnCount == _pool.Count)
        {
            _pool.Add(new SampleColumn());
        }

        SampleColumn column = _pool[_columnCount++];
        column.Reset(name, type, kind);
        return column;
    }

    /// <summary>
    /// Lets <see cref="KeyIndexes"/> name the keys; makes room in it for <paramref name="rowCount"/> rows.
    /// </summary>
    public void UseKeys(SeriesKeyList keys, int rowCount)
    {
        Keys = keys;
        if (KeyIndexes.Length < rowCount)
        {
            KeyIndexes = new int[Math.Max(rowCount, KeyIndexes.Length * 2)];
        }
    }

    /// <summary>Makes room for at least <paramref name="rowCount"/> rows in all row arrays.</summary>
    public void EnsureCapacity(int rowCount)
    {
        if (rowCount <= Capacity)
        {
            return;
        }

        int capacity = Math.Max(rowCount, Math.Max(256, Capacity * 2));
        TimestampsNs = Grow(TimestampsNs, capacity);
        KeyOffsets = Grow(KeyOffsets, capacity);
        KeyLengths = Grow(KeyLengths, capacity);
        LineNumbers = Grow(LineNumbers, capacity);
        SeriesIds = Grow(SeriesIds, capacity);
    }

    internal void Reset(ReadOnlySpan<byte> name)
    {
        _name.Clear();
        _name.Append(name);
        _columnCount = 0;
        RowCount = 0;
        SeriesKeysVersion = null;
        Keys = null;
    }

    private static T[] Grow<T>(T[] array, int capacity)
    {
        Array.Resize(ref array, capacity);
        return array;
    }
}
