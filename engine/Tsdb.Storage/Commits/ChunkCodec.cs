using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Commits;

/// <summary>Runs of numbers and cells in a log record: cut into blocks of 1024, each coded and
/// length-prefixed.</summary>
internal static class ChunkCodec
{
    private const int BlockCount = 1024;

    // Its size, and a byte that says how it is coded.
    private const int BlockSizeBytesMin = sizeof(uint) + 1;

    /// <summary>So many values at most are in blocks of so many bytes: what a count is held against before
    /// memory is taken for it.</summary>
    public static int MaxCount(int sizeBytes) =>
        (int)Math.Min(int.MaxValue, (long)sizeBytes / BlockSizeBytesMin * BlockCount);

    public static void WriteLongs(ByteSlab target, ReadOnlySpan<long> values)
    {
        for (; !values.IsEmpty; values = values[Math.Min(BlockCount, values.Length)..])
        {
            ReadOnlySpan<long> block = values[..Math.Min(BlockCount, values.Length)];
            Span<byte> room = Start(target, IntegerCodec.MaxEncodedSizeBytes(block.Length));
            Finish(target, IntegerCodec.Encode(block, room));
        }
    }

    public static void WriteTimestamps(ByteSlab target, ReadOnlySpan<long> values)
    {
        for (; !values.IsEmpty; values = values[Math.Min(BlockCount, values.Length)..])
        {
            ReadOnlySpan<long> block = values[..Math.Min(BlockCount, values.Length)];
            Span<byte> room = Start(target, TimestampCodec.MaxEncodedSizeBytes(block.Length));
            Finish(target, TimestampCodec.Encode(block, room));
        }
    }

    public static void WriteDoubles(ByteSlab target, ReadOnlySpan<double> values)
    {
        for (; !values.IsEmpty; values = values[Math.Min(BlockCount, values.Length)..])
        {
            ReadOnlySpan<double> block = values[..Math.Min(BlockCount, values.Length)];
            Span<byte> room = Start(target, DoubleCodec.MaxEncodedSizeBytes(block.Length));
            Finish(target, DoubleCodec.Encode(block, room));
        }
    }

    public static void WriteTexts(ByteSlab target, ReadOnlySpan<ulong> cells, ReadOnlySpan<byte> texts)
    {
        for (; !cells.IsEmpty; cells = cells[Math.Min(BlockCount, cells.Length)..])
        {
            target.Reserve(sizeof(uint));
            int start = target.SizeBytes;
            target.Advance(sizeof(uint));
            TextCodec.Encode(cells[..Math.Min(BlockCount, cells.Length)], texts, target);
            WriteSize(target, start, target.SizeBytes - start - sizeof(uint));
        }
    }

    public static void WriteCells(
        ByteSlab target, ColumnType type, ReadOnlySpan<ulong> cells, ReadOnlySpan<byte> texts)
    {
        switch (type)
        {
            case ColumnType.Float64:
                WriteDoubles(target, MemoryMarshal.Cast<ulong, double>(cells));
                break;
            case ColumnType.String:
                WriteTexts(target, cells, texts);
                break;
            case ColumnType.Timestamp:
                WriteTimestamps(target, MemoryMarshal.Cast<ulong, long>(cells));
                break;
            default:
                WriteLongs(target, MemoryMarshal.Cast<ulong, long>(cells));
                break;
        }
    }

    public static bool TryReadLongs(ref RecordReader reader, Span<long> values)
    {
        for (; !values.IsEmpty; values = values[Math.Min(BlockCount, values.Length)..])
        {
            if (!IntegerCodec.TryDecode(ReadBlock(ref reader), values[..Math.Min(BlockCount, values.Length)]))
            {
                return false;
            }
        }

        return true;
    }

    public static bool TryReadTimestamps(ref RecordReader reader, Span<long> values)
    {
        for (; !values.IsEmpty; values = values[Math.Min(BlockCount, values.Length)..])
        {
            if (!TimestampCodec.TryDecode(
                ReadBlock(ref reader), values[..Math.Min(BlockCount, values.Length)]))
            {
                return false;
            }
        }

        return true;
    }

    public static bool TryReadCells(
        ref RecordReader reader, ColumnType type, Span<ulong> cells, ByteSlab texts)
    {
        switch (type)
        {
            case ColumnType.Timestamp:
                return TryReadTimestamps(ref reader, MemoryMarshal.Cast<ulong, long>(cells));
            case ColumnType.Float64 or ColumnType.String:
                break;
            default:
                return TryReadLongs(ref reader, MemoryMarshal.Cast<ulong, long>(cells));
        }

        for (; !cells.IsEmpty; cells = cells[Math.Min(BlockCount, cells.Length)..])
        {
            Span<ulong> block = cells[..Math.Min(BlockCount, cells.Length)];
            ReadOnlySpan<byte> source = ReadBlock(ref reader);
            bool isRead = type == ColumnType.Float64
                ? DoubleCodec.TryDecode(source, MemoryMarshal.Cast<ulong, double>(block))
                : TextCodec.TryDecode(source, block, texts);
            if (!isRead)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Passes over the blocks of so many values.</summary>
    public static void SkipBlocks(ref RecordReader reader, int count)
    {
        for (; count > 0; count -= BlockCount)
        {
            ReadBlock(ref reader);
        }
    }

    private static Span<byte> Start(ByteSlab target, int sizeBytesMax) =>
        target.Reserve(sizeof(uint) + sizeBytesMax)[sizeof(uint)..];

    private static void Finish(ByteSlab target, int sizeBytes)
    {
        int start = target.SizeBytes;
        target.Advance(sizeof(uint) + sizeBytes);
        WriteSize(target, start, sizeBytes);
    }

    private static void WriteSize(ByteSlab target, int offsetBytes, int sizeBytes) =>
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(
            target.Written[offsetBytes..], (uint)sizeBytes);

    private static ReadOnlySpan<byte> ReadBlock(ref RecordReader reader) =>
        reader.ReadFixed((int)Math.Min(int.MaxValue, reader.ReadUInt32()));
}
