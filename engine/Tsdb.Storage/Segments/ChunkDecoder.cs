using System.Numerics;
using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>Decodes a column's chunk of one block; false when the bytes make no sense.</summary>
internal static class ChunkDecoder
{
    /// <summary>Decodes the present cells, side by side. Texts are appended to the slab.</summary>
    public static bool TryDecodeCells(
        ColumnType type, ReadOnlySpan<byte> source, Span<ulong> cells, ByteSlab texts, Span<ulong> bits)
    {
        return type switch
        {
            ColumnType.Int64 => IntegerCodec.TryDecode(source, MemoryMarshal.Cast<ulong, long>(cells)),
            ColumnType.Timestamp => TimestampCodec.TryDecode(source, MemoryMarshal.Cast<ulong, long>(cells)),
            ColumnType.Float64 => DoubleCodec.TryDecode(source, MemoryMarshal.Cast<ulong, double>(cells)),
            ColumnType.Bool => TryDecodeBits(source, cells, bits),
            ColumnType.String => TextCodec.TryDecode(source, cells, texts),
            _ => false,
        };
    }

    /// <summary>Decodes the presence bitmap, whose count of set bits must be as the index says.</summary>
    public static bool TryDecodePresence(
        ReadOnlySpan<byte> source, int rowCount, int presentCount, Span<ulong> presence)
    {
        Span<ulong> words = presence[..((rowCount + 63) / 64)];
        if (!BitmapCodec.TryDecode(source, rowCount, words))
        {
            return false;
        }

        if (rowCount % 64 != 0)
        {
            words[^1] &= (1UL << (rowCount % 64)) - 1;
        }

        int count = 0;
        foreach (ulong word in words)
        {
            count += BitOperations.PopCount(word);
        }

        return count == presentCount;
    }

    /// <summary>Moves cells that lie side by side at the front to the rows that have one.</summary>
    public static void Scatter(
        Span<ulong> cells, ReadOnlySpan<ulong> presence, int rowCount, int presentCount)
    {
        // From the last to the first: a cell's row is never before its place, so nothing is overwritten
        // unread.
        int next = presentCount;
        for (int word = (rowCount - 1) / 64; word >= 0; word--)
        {
            ulong left = presence[word];
            while (left != 0)
            {
                int bit = 63 - BitOperations.LeadingZeroCount(left);
                left ^= 1UL << bit;
                cells[(word * 64) + bit] = cells[--next];
            }
        }
    }

    /// <summary>A bitmap of which every row's bit is set.</summary>
    public static void FillPresence(Span<ulong> presence, int rowCount)
    {
        Span<ulong> words = presence[..((rowCount + 63) / 64)];
        words.Fill(ulong.MaxValue);
        if (rowCount % 64 != 0)
        {
            words[^1] = (1UL << (rowCount % 64)) - 1;
        }
    }

    private static bool TryDecodeBits(ReadOnlySpan<byte> source, Span<ulong> cells, Span<ulong> bits)
    {
        if (!BitmapCodec.TryDecode(source, cells.Length, bits[..((cells.Length + 63) / 64)]))
        {
            return false;
        }

        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = bits[i >> 6] >> (i & 63) & 1;
        }

        return true;
    }
}
