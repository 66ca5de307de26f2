using System.Numerics;
using Tsdb.Core;

namespace Tsdb.Storage.Segments;

/// <summary>
/// One cell stream of <see cref="SeriesRows"/>: a cell for each row, and which of them are there.
/// </summary>
internal sealed class RowColumn
{
    private ulong[] _presenceMemory = [];

    /// <summary>Which column, and what of it.</summary>
    public ColumnKey Key { get; private set; }

    /// <summary>Type of every cell.</summary>
    public ColumnType Type { get; private set; }

    /// <summary>A cell for each row, as <see cref="ColumnType"/> says; undefined where absent.</summary>
    public ulong[] Cells { get; private set; } = [];

    /// <summary>
    /// Bit i (word i / 64, bit i % 64) is set where row i has a cell; null when every row has one.
    /// </summary>
    /// <remarks>Bits past the last row are undefined.</remarks>
    public ulong[]? Presence { get; private set; }

    /// <summary>Whether the row has a cell.</summary>
    public bool IsPresent(int row) => Presence is null || (Presence[row >> 6] >> (row & 63) & 1) != 0;

    /// <summary>Says that the row has no cell; the first such call makes the bitmap.</summary>
    public void SetAbsent(int row)
    {
        ulong[] presence = Presence ?? StartPresence();
        presence[row >> 6] &= ~(1UL << (row & 63));
    }

    /// <summary>Says that the rows have no cell.</summary>
    public void SetAbsent(int firstRow, int rowCount)
    {
        if (rowCount > 0)
        {
            Fill(Presence ?? StartPresence(), firstRow, rowCount, isSet: false);
        }
    }

    /// <summary>Says that the row has a cell, which is so from the start.</summary>
    public void SetPresent(int row)
    {
        if (Presence is not null)
        {
            Presence[row >> 6] |= 1UL << (row & 63);
        }
    }

    /// <summary>Says that the rows have a cell.</summary>
    public void SetPresent(int firstRow, int rowCount)
    {
        if (Presence is not null && rowCount > 0)
        {
            Fill(Presence, firstRow, rowCount, isSet: true);
        }
    }

    /// <summary>
    /// Takes over a bitmap: bit i says whether row <paramref name="firstRow"/> + i has a cell.
    /// </summary>
    public void SetPresence(int firstRow, int rowCount, ReadOnlySpan<ulong> bits)
    {
        ulong[] presence = Presence ?? StartPresence();
        for (int i = 0; i < rowCount; i += 64)
        {
            int bitCount = Math.Min(64, rowCount - i);
            ulong mask = ulong.MaxValue >> (64 - bitCount);
            ulong word = bits[i >> 6] & mask;
            int shift = (firstRow + i) & 63;
            int index = (firstRow + i) >> 6;
            presence[index] = (presence[index] & ~(mask << shift)) | (word << shift);
            if (shift + bitCount > 64)
            {
                int back = 64 - shift;
                presence[index + 1] = (presence[index + 1] & ~(mask >> back)) | (word >> back);
            }
        }
    }

    /// <summary>Takes over which rows another column has cells for.</summary>
    public void CopyPresence(RowColumn source, int sourceRow, int firstRow, int rowCount)
    {
        ReadOnlySpan<ulong> words = source.Presence;
        if (words.IsEmpty)
        {
            SetPresent(firstRow, rowCount);
            return;
        }

        Span<ulong> bits = stackalloc ulong[1];
        for (int i = 0; i < rowCount; i += 64)
        {
            int index = (sourceRow + i) >> 6;
            int shift = (sourceRow + i) & 63;
            int bitCount = Math.Min(64, rowCount - i);
            bits[0] = words[index] >> shift;
            if (shift + bitCount > 64)
            {
                bits[0] |= words[index + 1] << (64 - shift);
            }

            SetPresence(firstRow + i, bitCount, bits);
        }
    }

    /// <summary>How many of the rows have a cell.</summary>
    public int CountPresent(int firstRow, int rowCount)
    {
        if (Presence is null || rowCount == 0)
        {
            return rowCount;
        }

        int lastRow = firstRow + rowCount - 1;
        int firstWord = firstRow >> 6;
        int lastWord = lastRow >> 6;
        int count = 0;
        for (int word = firstWord; word <= lastWord; word++)
        {
            count += BitOperations.PopCount(
                Presence[word] & Mask(word, firstWord, firstRow, lastWord, lastRow));
        }

        return count;
    }

    /// <summary>Says that the column holds floats from now on; only before it has cells.</summary>
    internal void Widen()
    {
        Invariant.Holds(Type == ColumnType.Int64);
        Type = ColumnType.Float64;
    }

    internal void Reset(ColumnKey key, ColumnType type, int capacity)
    {
        Key = key;
        Type = type;
        Presence = null;
        EnsureCapacity(capacity);
    }

    internal void EnsureCapacity(int capacity)
    {
        if (capacity > Cells.Length)
        {
            ulong[] cells = Cells;
            Array.Resize(ref cells, capacity);
            Cells = cells;
        }

        if (Presence is not null)
        {
            GrowPresence();
            Presence = _presenceMemory;
        }
    }

    private ulong[] StartPresence()
    {
        GrowPresence();
        Array.Fill(_presenceMemory, ulong.MaxValue);
        Presence = _presenceMemory;
        return _presenceMemory;
    }

    private void GrowPresence()
    {
        int wordCount = (Cells.Length + 63) / 64;
        int presentWordCount = _presenceMemory.Length;
        if (wordCount > presentWordCount)
        {
            Array.Resize(ref _presenceMemory, wordCount);
            Array.Fill(_presenceMemory, ulong.MaxValue, presentWordCount, wordCount - presentWordCount);
        }
    }

    private static void Fill(ulong[] words, int firstRow, int rowCount, bool isSet)
    {
        int lastRow = firstRow + rowCount - 1;
        int firstWord = firstRow >> 6;
        int lastWord = lastRow >> 6;
        for (int word = firstWord; word <= lastWord; word++)
        {
            ulong mask = Mask(word, firstWord, firstRow, lastWord, lastRow);
            words[word] = isSet ? words[word] | mask : words[word] & ~mask;
        }
    }

    private static ulong Mask(int word, int firstWord, int firstRow, int lastWord, int lastRow)
    {
        ulong mask = ulong.MaxValue;
        if (word == firstWord)
        {
            mask &= ulong.MaxValue << (firstRow & 63);
        }

        if (word == lastWord)
        {
            mask &= ulong.MaxValue >> (63 - (lastRow & 63));
        }

        return mask;
    }
}
