using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// Words of a tail (the rows of one series and shape) and of its open rows in the <see cref="Arena"/>. The
/// sealed ones are in <see cref="Sealing.SealedChunk"/>s.
/// </summary>
/// <remarks>
/// <code>
/// tail   word 0  next tail of the series (low 32 bits) · shape index (high 32 bits)
///        word 1  open rows that are written (low) · sealed chunks (high); written last
///        word 2  first sealed chunk (low) · last sealed chunk (high)
///        word 3  block of open rows 0 to 3 (low) · block of open rows 4 to 7 (high)
///        word 4  block of open rows 8 to 15 (low) · open rows, those being written too (high)
///        word 5  largest timestamp, ns
///        word 6  1 when some row is not later than the one before it
///        word 7  block of open rows 16 to 31 (low) · block of open rows 32 and up (high)
/// row    word 0  timestamp, ns · word 1  arrival ordinal within the memtable · then the cells
/// </code>
/// A tail is a cache line. Each block has as many rows as those before it: a million series of few rows must
/// not cost what as many of 64 would.
/// Rows come in the order of arrival. When the open blocks are full their rows are sealed into a chunk and
/// the blocks are filled again. So a reader copies the open rows and then looks at word 1 once more: while
/// its high half is what it was, nothing of the copy was overwritten. Sealed chunks never change.
/// </remarks>
internal static class TailLayout
{
    public const int WordCount = 8;
    public const int NextAndShape = 0;
    public const int Counts = 1;
    public const int FirstAndLastChunk = 2;
    public const int FirstBlocks = 3;
    public const int ThirdBlockAndFill = 4;
    public const int LastTimestamp = 5;
    public const int IsUnordered = 6;

    /// <summary>Rows that are open at most; fewer where rows are very wide.</summary>
    public const int OpenRowCountMax = 64;

    /// <summary>Rows of the first block.</summary>
    public const int FirstBlockRowCount = 4;

    // Where the reference to each block stands, in half words.
    private static ReadOnlySpan<byte> BlockHalfWords => [6, 7, 8, 14, 15];

    public static ulong Pack(uint low, uint high) => low | ((ulong)high << 32);

    public static uint Low(ulong word) => (uint)word;

    public static uint High(ulong word) => (uint)(word >> 32);

    /// <summary>Where the block is in which an open row lies, and the block's first row; 0 when there is none
    /// yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint BlockOf(ReadOnlySpan<ulong> head, uint row, out uint firstRow)
    {
        int halfWord = HalfWordOf(row, out firstRow);
        return (uint)(head[halfWord >> 1] >> ((halfWord & 1) * 32));
    }

    /// <summary>Notes where a block is that the tail did not have yet.</summary>
    public static void SetBlock(Span<ulong> head, uint firstRow, uint block)
    {
        int halfWord = HalfWordOf(firstRow, out _);
        head[halfWord >> 1] |= (ulong)block << ((halfWord & 1) * 32);
    }

    /// <summary>The row behind those of the block that begins with a row, where rows are not wide.</summary>
    public static int BlockEnd(uint firstRow) => firstRow == 0 ? FirstBlockRowCount : (int)(2 * firstRow);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int HalfWordOf(uint row, out uint firstRow)
    {
        int block = Math.Max(0, BitOperations.Log2(row | 1) - 1);
        firstRow = block == 0 ? 0 : 2u << block;
        return BlockHalfWords[block];
    }
}
