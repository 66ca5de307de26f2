using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Writes a column of a few plain integers, all present, to the same bytes as <see cref="SegmentWriter"/>
/// writes through <see cref="ColumnBlockWriter"/> (layout there): chunk to the output, sizes and
/// entry to the index.
/// </summary>
internal static class ShortIntegerColumn
{
    /// <summary>Rows of a column, at most.</summary>
    public const int RowCountMax = ShortIntegers.CountMax;

    // The count is one byte; so are the sizes, which the room proves.
    private const int ChunkRoomBytes = 1 + ShortIntegers.RoomSizeBytes;
    private const int EntryRoomBytes = 2 + 2 + sizeof(uint) + (5 * VarInt.MaxSizeBytes);

    // Below this the sum of the distances fits a word.
    private const ulong SpreadMax = ulong.MaxValue / RowCountMax;

    /// <summary>As the other; false also for what is no column of few integers.</summary>
    public static bool TryWrite(RowColumn column, int rowCount, IChunkTarget output, PackedWriter index) =>
        rowCount <= RowCountMax
        && column is { Type: ColumnType.Int64, Presence: null }
        && TryWrite(MemoryMarshal.Cast<ulong, long>(column.Cells.AsSpan(0, rowCount)), output, index);

    /// <summary>Writes the column; false, with nothing written, when it must go the long way.</summary>
    /// <param name="values">1 to <see cref="RowCountMax"/> values, whose statistics answer queries
    /// rightly.</param>
    /// <param name="output">Takes the chunk.</param>
    /// <param name="index">Takes the size of the data, that of the entries, and the entry.</param>
    public static bool TryWrite(ReadOnlySpan<long> values, IChunkTarget output, PackedWriter index)
    {
        Span<byte> room = index.Reserve(EntryRoomBytes);
        Invariant.Holds(room.Length >= EntryRoomBytes);
        ref byte entry = ref MemoryMarshal.GetReference(room);
        long first = values[0];
        long low = first;
        long high = first;
        foreach (long value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        byte flags = (byte)(ColumnBlockFlags.Of(StatisticsForm.Integer) | ColumnBlockFlags.AllPresent);
        if (low == high)
        {
            Unsafe.Add(ref entry, 0) = 0;
            Unsafe.Add(ref entry, 2) = (byte)(flags | ColumnBlockFlags.Constant);
            int constantBytes = 1 + VarInt.WriteSignedUnchecked(ref Unsafe.Add(ref entry, 3), first);
            Unsafe.Add(ref entry, 1) = (byte)constantBytes;
            index.Advance(2 + constantBytes);
            return true;
        }

        if (unchecked((ulong)(high - low)) > SpreadMax)
        {
            return false;
        }

        Span<byte> chunk = output.Reserve(ChunkRoomBytes);
        chunk[0] = (byte)values.Length;
        int blockBytes = ShortIntegers.Write(values, chunk[1..]);
        if (blockBytes == 0)
        {
            return false;
        }

        int chunkBytes = 1 + blockBytes;
        Unsafe.Add(ref entry, 0) = (byte)chunkBytes;
        Unsafe.Add(ref entry, 2) = flags;
        Unsafe.Add(ref entry, 3) = (byte)chunkBytes;
        BinaryPrimitives.WriteUInt32LittleEndian(room[4..], Crc32C.Compute(chunk[..chunkBytes]));
        int size = 4 + sizeof(uint);
        size += WriteStatistics(ref Unsafe.Add(ref entry, size), values, low, high);
        Unsafe.Add(ref entry, 1) = (byte)(size - 2);
        index.Advance(size);
        output.Advance(chunkBytes);
        return true;
    }

    /// <summary>As <see cref="IntegerSummary.Write"/>.</summary>
    private static int WriteStatistics(ref byte target, ReadOnlySpan<long> values, long low, long high)
    {
        long first = values[0];
        ulong sumAbove = 0;
        foreach (long value in values)
        {
            sumAbove += unchecked((ulong)(value - low));
        }

        int size = VarInt.WriteSignedUnchecked(ref target, first);
        size += VarInt.WriteSignedUnchecked(ref Unsafe.Add(ref target, size), unchecked(values[^1] - first));
        size += VarInt.WriteUnchecked(ref Unsafe.Add(ref target, size), unchecked((ulong)(first - low)));
        size += VarInt.WriteUnchecked(ref Unsafe.Add(ref target, size), unchecked((ulong)(high - first)));
        return size + VarInt.WriteUnchecked(ref Unsafe.Add(ref target, size), sumAbove);
    }
}
