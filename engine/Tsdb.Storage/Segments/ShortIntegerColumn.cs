using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Writes columns of a few plain integers, all present, to the same bytes as <see cref="SegmentWriter"/>
/// writes through <see cref="ColumnBlockWriter"/> (layout there): chunks to the output, sizes and
/// entries to the index.
/// </summary>
internal static class ShortIntegerColumn
{
    /// <summary>Rows of a column, at most.</summary>
    public const int RowCountMax = ShortIntegers.CountMax;

    // The count is one byte; so are the sizes, which the room proves.
    private const int ChunkRoomBytes = 1 + ShortIntegers.RoomSizeBytes;
    private const int EntryRoomBytes = 2 + 2 + sizeof(uint) + (5 * VarInt.MaxSizeBytes);

    // So many at once: for more, the room would take memory that is not needed.
    private const int ColumnCountMax = 256;

    // Below this the sum of the distances fits a word.
    private const ulong SpreadMax = ulong.MaxValue / RowCountMax;

    private const byte Flags = ColumnBlockFlags.AllPresent
        | ((byte)StatisticsForm.Integer << ColumnBlockFlags.FormShift);

    /// <summary>Writes the first columns, as many as go the short way, and says how many.</summary>
    /// <param name="columns">Values whose statistics answer queries rightly.</param>
    /// <param name="rowCount">1 to <see cref="RowCountMax"/> rows of each.</param>
    /// <param name="output">Takes the chunks.</param>
    /// <param name="index">Takes of each the size of the data, that of the entries, and the entry.</param>
    public static int Write(
        ReadOnlySpan<RowColumn> columns, int rowCount, IChunkTarget output, PackedWriter index)
    {
        Invariant.Holds(rowCount is > 0 and <= RowCountMax);
        columns = columns[..Math.Min(columns.Length, ColumnCountMax)];
        Span<byte> chunkRoom = output.Reserve(columns.Length * ChunkRoomBytes);
        Span<byte> entryRoom = index.Reserve(columns.Length * EntryRoomBytes);
        Invariant.Holds(chunkRoom.Length >= columns.Length * ChunkRoomBytes);
        Invariant.Holds(entryRoom.Length >= columns.Length * EntryRoomBytes);
        ref byte chunks = ref MemoryMarshal.GetReference(chunkRoom);
        ref byte entries = ref MemoryMarshal.GetReference(entryRoom);
        int chunksSize = 0;
        int entriesSize = 0;
        int count = 0;
        foreach (RowColumn column in columns)
        {
            if (column is not { Type: ColumnType.Int64, Presence: null })
            {
                break;
            }

            int entrySize = Write(
                MemoryMarshal.Cast<ulong, long>(column.Cells.AsSpan(0, rowCount)),
                ref Unsafe.Add(ref chunks, chunksSize),
                ref Unsafe.Add(ref entries, entriesSize),
                out int chunkSize);
            if (entrySize == 0)
            {
                break;
            }

            chunksSize += chunkSize;
            entriesSize += entrySize;
            count++;
        }

        output.Advance(chunksSize);
        index.Advance(entriesSize);
        return count;
    }

    /// <summary>Writes a column, and says how long its part of the index is; 0 when it must go the long
    /// way.</summary>
    private static int Write(
        ReadOnlySpan<long> values, ref byte chunk, ref byte entry, out int chunkSize)
    {
        ShortSpread spread = ShortSpread.Of(values);
        long first = values[0];
        chunkSize = 0;
        if (spread.Low == spread.High)
        {
            entry = 0;
            Unsafe.Add(ref entry, 2) = Flags | ColumnBlockFlags.Constant;
            int constantSize = 1 + VarInt.WriteSignedUnchecked(ref Unsafe.Add(ref entry, 3), first);
            Unsafe.Add(ref entry, 1) = (byte)constantSize;
            return 2 + constantSize;
        }

        if (unchecked((ulong)(spread.High - spread.Low)) > SpreadMax)
        {
            return 0;
        }

        chunk = (byte)values.Length;
        int blockSize = ShortIntegers.Write(values, spread, ref Unsafe.Add(ref chunk, 1));
        if (blockSize == 0)
        {
            return 0;
        }

        chunkSize = 1 + blockSize;
        uint crc = Crc32C.Compute(MemoryMarshal.CreateReadOnlySpan(ref chunk, chunkSize));
        entry = (byte)chunkSize;
        Unsafe.Add(ref entry, 2) = Flags;
        Unsafe.Add(ref entry, 3) = (byte)chunkSize;
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref entry, 4), crc);
        int size = 4 + sizeof(uint);
        size += WriteStatistics(ref Unsafe.Add(ref entry, size), first, values[^1], values.Length, spread);
        Unsafe.Add(ref entry, 1) = (byte)(size - 2);
        return size;
    }

    /// <summary>As <see cref="IntegerSummary.Write"/>.</summary>
    private static int WriteStatistics(
        ref byte target, long first, long last, int count, in ShortSpread spread)
    {
        // Modulo 2^64, which the true sum is below.
        ulong sumAbove = unchecked(spread.Sum - ((ulong)spread.Low * (ulong)count));
        int size = VarInt.WriteSignedUnchecked(ref target, first);
        size += VarInt.WriteSignedUnchecked(ref Unsafe.Add(ref target, size), unchecked(last - first));
        size += VarInt.WriteUnchecked(
            ref Unsafe.Add(ref target, size), unchecked((ulong)(first - spread.Low)));
        size += VarInt.WriteUnchecked(
            ref Unsafe.Add(ref target, size), unchecked((ulong)(spread.High - first)));
        return size + VarInt.WriteUnchecked(ref Unsafe.Add(ref target, size), sumAbove);
    }
}
