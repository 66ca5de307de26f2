using System.Runtime.InteropServices;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Memtables.Sealing;

/// <summary>Reads one <see cref="SealedChunk"/> at a time. Reusable; one thread.</summary>
internal sealed class ChunkReader(Arena arena)
{
    private int[] _offsets = [];
    private uint _chunk;
    private int _rowCount;

    /// <summary>Goes to a chunk of rows of a shape.</summary>
    public void Open(uint chunk, RowShape shape)
    {
        _chunk = chunk;
        _rowCount = shape.OpenRowCount;
        int columnCount = shape.StrideWordCount;
        if (_offsets.Length < columnCount)
        {
            _offsets = new int[columnCount];
        }

        ReadOnlySpan<byte> codes = Codes(columnCount);
        int offset = SealedChunk.HeaderWordCount + SealedChunk.CodeWordCount(columnCount);
        for (int column = 0; column < columnCount; column++)
        {
            _offsets[column] = offset;
            offset += SealedChunk.ColumnWordCount(codes[column], _rowCount);
        }
    }

    /// <summary>Reads one word of every row.</summary>
    /// <param name="column">Which word: 0 the timestamp, 1 the ordinal, then the cells.</param>
    /// <param name="values">As long as the chunk has rows.</param>
    public void Read(int column, Span<long> values)
    {
        byte code = Codes(column + 1)[column];
        int baseWordCount = SealedChunk.BaseWordCount(code);
        int packedWordCount = SealedChunk.ColumnWordCount(code, _rowCount) - baseWordCount;
        ReadOnlySpan<ulong> words = arena.Words(
            _chunk + (uint)_offsets[column], baseWordCount + packedWordCount);
        long step = baseWordCount == 1 ? 0 : (long)words[1];
        values = values[.._rowCount];
        Unpack(words[baseWordCount..], SealedChunk.SizeBytesOf(code), (long)words[0], values);
        if (step != 0)
        {
            AddLine(values, step);
        }

        int exponent = SealedChunk.FormOf(code) - SealedChunk.FirstDecimalForm;
        if (exponent >= 0)
        {
            DecimalDigits.Join(values, exponent, MemoryMarshal.Cast<long, double>(values));
        }
    }

    private ReadOnlySpan<byte> Codes(int columnCount) => MemoryMarshal.AsBytes(arena.Words(
        _chunk + SealedChunk.HeaderWordCount, SealedChunk.CodeWordCount(columnCount)));

    private static void Unpack(ReadOnlySpan<ulong> words, int sizeBytes, long reference, Span<long> values)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(words);
        switch (sizeBytes)
        {
            case 0:
                values.Fill(reference);
                break;
            case 1:
                Unpack(bytes, reference, values);
                break;
            case 2:
                Unpack(MemoryMarshal.Cast<byte, ushort>(bytes), reference, values);
                break;
            case 4:
                Unpack(MemoryMarshal.Cast<byte, uint>(bytes), reference, values);
                break;
            default:
                Unpack(words, reference, values);
                break;
        }
    }

    private static void Unpack<T>(ReadOnlySpan<T> packed, long reference, Span<long> values)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        packed = packed[..values.Length];
        for (int i = 0; i < packed.Length; i++)
        {
            values[i] = unchecked(reference + (long)ulong.CreateTruncating(packed[i]));
        }
    }

    private static void AddLine(Span<long> values, long step)
    {
        long line = 0;
        foreach (ref long value in values)
        {
            value = unchecked(value + line);
            line = unchecked(line + step);
        }
    }
}
