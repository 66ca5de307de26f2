namespace Tsdb.Core;

/// <summary>
/// One column's cells within <see cref="TableRows"/>. Dense (a cell for every row, <see cref="RowIndexes"/>
/// unused)
/// or sparse (cells listed with their rows, ascending): absent is not null, and takes no space.
/// </summary>
public sealed class SampleColumn
{
    private readonly ByteSlab _name = new();

    /// <summary>The column's name, UTF-8, unescaped; empty for row cells.</summary>
    public ReadOnlySpan<byte> Name => _name.Span;

    /// <summary>Type of every cell.</summary>
    public ColumnType Type { get; private set; }

    /// <summary>Value, or what is said about it.</summary>
    public CellKind Kind { get; private set; }

    /// <summary>Cells in use.</summary>
    public int CellCount { get; set; }

    /// <summary>The cells, as <see cref="ColumnType"/> says; valid below <see cref="CellCount"/>.</summary>
    public ulong[] Cells { get; private set; } = [];

    /// <summary>When <see cref="IsSparse"/>: the row of each cell, strictly ascending.</summary>
    public int[] RowIndexes { get; private set; } = [];

    /// <summary>Whether <see cref="RowIndexes"/> is in use. When false, cell i belongs to row i.</summary>
    public bool IsSparse { get; private set; }

    /// <summary>Memory that it keeps, in use or not.</summary>
    public long CapacityBytes => (Cells.Length * sizeof(ulong)) + (RowIndexes.Length * sizeof(int));

    /// <summary>Makes room for at least <paramref name="cellCount"/> cells.</summary>
    public void EnsureCapacity(int cellCount)
    {
        if (cellCount > Cells.Length)
        {
            int capacity = Math.Max(cellCount, Math.Max(256, Cells.Length * 2));
            Cells = Grow(Cells, capacity);
        }

        if (IsSparse && RowIndexes.Length < Cells.Length)
        {
            RowIndexes = Grow(RowIndexes, Cells.Length);
        }
    }

    /// <summary>Adds the cell of one row. Rows come in ascending order; skipping one makes the column
    /// sparse.</summary>
    public void Append(int rowIndex, ulong cell)
    {
        if (rowIndex != CellCount && !IsSparse)
        {
            MakeSparse();
        }

        EnsureCapacity(CellCount + 1);
        Cells[CellCount] = cell;
        if (IsSparse)
        {
            RowIndexes[CellCount] = rowIndex;
        }

        CellCount++;
    }

    /// <summary>
    /// Turns a dense column into a sparse one; needed when the cells end before the rows do. Does nothing
    /// when
    /// sparse already.
    /// </summary>
    public void MakeSparse()
    {
        if (IsSparse)
        {
            return;
        }

        IsSparse = true;
        EnsureCapacity(Math.Max(1, CellCount));
        for (int i = 0; i < CellCount; i++)
        {
            RowIndexes[i] = i;
        }
    }

    internal void Reset(ReadOnlySpan<byte> name, ColumnType type, CellKind kind)
    {
        _name.Clear();
        _name.Append(name);
        Type = type;
        Kind = kind;
        CellCount = 0;
        IsSparse = false;
    }

    private static T[] Grow<T>(T[] array, int capacity)
    {
        Array.Resize(ref array, capacity);
        return array;
    }
}
