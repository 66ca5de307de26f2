using System.Runtime.CompilerServices;
using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>
/// The cells of the line being read. They move to the batch when the whole line is known to be good, so that
/// a bad one leaves nothing behind: no cell, no column, no table, no text.
/// </summary>
internal sealed class StagedRow
{
    private StagedCell[] _cells = new StagedCell[16];

    /// <summary>Cells so far.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets the cells.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds one cell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(FieldSlot field, ColumnType type, ulong cell)
    {
        if (Count == _cells.Length)
        {
            Array.Resize(ref _cells, Count * 2);
        }

        ref StagedCell staged = ref _cells[Count++];
        staged.Type = type;
        staged.Cell = cell;
        if (staged.Field != field)
        {
            // Rarely: the line before had the same field here. A stored reference costs a write barrier.
            staged.Field = field;
        }
    }

    /// <summary>Field and type of the cell at <paramref name="index"/>.</summary>
    public (FieldSlot Field, ColumnType Type) Describe(int index)
    {
        ref readonly StagedCell cell = ref _cells.AsSpan(0, Count)[index];
        return (cell.Field, cell.Type);
    }

    /// <summary>Moves the cells to the last row of <paramref name="rows"/>.</summary>
    /// <param name="text">The request's text, where the strings lie.</param>
    /// <param name="rows">The table's rows.</param>
    /// <param name="row">The row's index.</param>
    /// <param name="batch">Gets the strings.</param>
    /// <param name="batchNumber">The parser's number for the batch.</param>
    public void MoveTo(ReadOnlySpan<byte> text, TableRows rows, int row, SampleBatch batch, long batchNumber)
    {
        foreach (ref readonly StagedCell staged in _cells.AsSpan(0, Count))
        {
            SampleColumn column = staged.Field.GetColumn(rows, staged.Type, batchNumber);
            ulong cell = staged.Type == ColumnType.String
                ? AppendString(TextSpan.FromCell(staged.Cell).In(text), batch.Texts).ToCell()
                : staged.Cell;
            ulong[] cells = column.Cells;
            if (column.CellCount == row && (uint)row < (uint)cells.Length && !column.IsSparse)
            {
                cells[row] = cell;
                column.CellCount = row + 1;
            }
            else
            {
                column.Append(row, cell);
            }
        }
    }

    private static TextSpan AppendString(ReadOnlySpan<byte> raw, ByteSlab texts)
    {
        if (!raw.Contains((byte)'\\'))
        {
            return texts.Append(raw);
        }

        int offsetBytes = texts.SizeBytes;
        Span<byte> target = texts.Reserve(raw.Length);
        int sizeBytes = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '\\' && i + 1 < raw.Length && raw[i + 1] is (byte)'"' or (byte)'\\')
            {
                i++;
            }

            target[sizeBytes++] = raw[i];
        }

        texts.Advance(sizeBytes);
        return new TextSpan(offsetBytes, sizeBytes);
    }

    private struct StagedCell
    {
        public FieldSlot Field;
        public ulong Cell;
        public ColumnType Type;
    }
}
