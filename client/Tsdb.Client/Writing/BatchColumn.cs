using System.Text;
using Tsdb.Core;

namespace Tsdb.Client.Writing;

/// <summary>One field's values within a batch, as cells; texts lie beside them, one after the
/// other.</summary>
internal sealed class BatchColumn(TsdbField target, int rowCapacity)
{
    private readonly ByteSlab _texts = new();
    private ulong[] _cells = new ulong[rowCapacity];
    private byte[] _validity = [];

    public TsdbField Field => target;

    /// <summary>Values, nulls among them.</summary>
    public int Count { get; private set; }

    public int NullCount { get; private set; }

    /// <summary>The values; of texts, where each ends. Those of nulls mean nothing.</summary>
    public ReadOnlySpan<ulong> Cells => _cells.AsSpan(0, Count);

    /// <summary>A bit a value, 0 for null; only when there are nulls.</summary>
    public ReadOnlySpan<byte> Validity => _validity.AsSpan(0, NullCount == 0 ? 0 : (Count + 7) / 8);

    public ReadOnlySpan<byte> Texts => _texts.Span;

    public void Add(ColumnType type, ReadOnlySpan<ulong> cells)
    {
        if (type != target.Type)
        {
            throw new ArgumentException($"the field '{target.Name}' is {target.Type}, not {type}");
        }

        int firstRow = Reserve(cells.Length);
        cells.CopyTo(_cells.AsSpan(firstRow));
        MarkValid(firstRow, cells.Length);
    }

    public void Add(string? text)
    {
        if (target.Type != ColumnType.String)
        {
            throw new ArgumentException($"the field '{target.Name}' is {target.Type}, not String");
        }

        if (text is null)
        {
            AddNulls(1);
            return;
        }

        int row = Reserve(1);
        Span<byte> room = _texts.Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _texts.Advance(Encoding.UTF8.GetBytes(text, room));
        _cells[row] = (ulong)_texts.SizeBytes;
        MarkValid(row, 1);
    }

    public void AddNulls(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int firstRow = Reserve(count);
        _cells.AsSpan(firstRow, count).Fill(target.Type == ColumnType.String ? (ulong)_texts.SizeBytes : 0);
        if (NullCount == 0)
        {
            int neededBytes = (_cells.Length + 7) / 8;
            _validity = _validity.Length >= neededBytes ? _validity : new byte[neededBytes];
            Array.Fill(_validity, byte.MaxValue);
        }

        NullCount += count;
        for (int row = firstRow; row < Count; row++)
        {
            _validity[row >> 3] &= (byte)~(1 << (row & 7));
        }
    }

    public void Clear()
    {
        Count = 0;
        NullCount = 0;
        _texts.Clear();
    }

    private int Reserve(int count)
    {
        int firstRow = Count;
        Count = checked(Count + count);
        if (Count > _cells.Length)
        {
            Array.Resize(ref _cells, Math.Max(Count, Math.Max(64, _cells.Length * 2)));
        }

        if (NullCount > 0 && _validity.Length < (_cells.Length + 7) / 8)
        {
            int filledBytes = _validity.Length;
            Array.Resize(ref _validity, (_cells.Length + 7) / 8);
            _validity.AsSpan(filledBytes).Fill(byte.MaxValue);
        }

        return firstRow;
    }

    private void MarkValid(int firstRow, int count)
    {
        for (int row = firstRow; row < firstRow + count && NullCount > 0; row++)
        {
            _validity[row >> 3] |= (byte)(1 << (row & 7));
        }
    }
}
