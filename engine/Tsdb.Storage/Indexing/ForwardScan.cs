using System.Runtime.Intrinsics;

namespace Tsdb.Storage.Indexing;

/// <summary>Which series of a chunk have a code, or one of a set of codes, as bits.</summary>
internal static unsafe class ForwardScan
{
    private const int WordBits = 64;

    /// <summary>Sets the bit of each series with the code.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="code">Not 0.</param>
    /// <param name="bits">A bit for each of the chunk's series; others are left as they are.</param>
    /// <param name="isVectorized">False for plain code, which the tests compare.</param>
    public static void Match(ForwardChunk chunk, uint code, Span<ulong> bits, bool isVectorized = true)
    {
        if (!chunk.MayHave(code, code))
        {
            return;
        }

        byte* start = chunk.Block.Start;
        for (int first = 0; first < chunk.Capacity; first += WordBits)
        {
            // Small first chunks: their blocks are at least a word's series long only from 64 on.
            ulong word = chunk.Capacity < WordBits || !isVectorized || !Vector256.IsHardwareAccelerated
                ? MatchPlain(chunk, first, code)
                : chunk.WidthBytes switch
                {
                    1 => Match8(start + first, (byte)code),
                    2 => Match16((ushort*)start + first, (ushort)code),
                    _ => Match32((uint*)start + first, code),
                };
            bits[first / WordBits] |= word;
        }

        GC.KeepAlive(chunk);
    }

    /// <summary>Sets the bit of each series whose value's bit is set.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="values">A bit for each value id; ids beyond are not in the set.</param>
    /// <param name="bits">A bit for each of the chunk's series; others are left as they are.</param>
    public static void MatchAny(ForwardChunk chunk, ReadOnlySpan<ulong> values, Span<ulong> bits)
    {
        for (int first = 0; first < chunk.Capacity; first += WordBits)
        {
            int count = Math.Min(WordBits, chunk.Capacity - first);
            ulong word = 0;
            for (int i = 0; i < count; i++)
            {
                // No value gives an id beyond all.
                uint id = unchecked(chunk.Get(first + i) - 1);
                uint idWord = id / WordBits;
                ulong valueBits = idWord < (uint)values.Length ? values[(int)idWord] : 0;
                ulong bit = valueBits >> (int)(id % WordBits) & 1;
                word |= bit << i;
            }

            bits[first / WordBits] |= word;
        }
    }

    /// <summary>Sets the bit of each series that has any value.</summary>
    public static void MatchPresent(ForwardChunk chunk, Span<ulong> bits)
    {
        for (int first = 0; first < chunk.Capacity; first += WordBits)
        {
            int count = Math.Min(WordBits, chunk.Capacity - first);
            ulong absent = MatchPlain(chunk, first, code: 0);
            bits[first / WordBits] |= ~absent & (count == WordBits ? ulong.MaxValue : (1UL << count) - 1);
        }
    }

    private static ulong MatchPlain(ForwardChunk chunk, int first, uint code)
    {
        int count = Math.Min(WordBits, chunk.Capacity - first);
        ulong word = 0;
        for (int i = 0; i < count; i++)
        {
            word |= (chunk.Get(first + i) == code ? 1UL : 0) << i;
        }

        return word;
    }

    // Each reads the codes of 64 series, which lie within the chunk: its capacity is a power of two from 64
    // on.
    private static ulong Match8(byte* codes, byte code)
    {
        Vector256<byte> wanted = Vector256.Create(code);
        uint lower = Vector256.Equals(Vector256.Load(codes), wanted).ExtractMostSignificantBits();
        uint upper = Vector256.Equals(Vector256.Load(codes + 32), wanted).ExtractMostSignificantBits();
        return lower | ((ulong)upper << 32);
    }

    private static ulong Match16(ushort* codes, ushort code)
    {
        Vector256<ushort> wanted = Vector256.Create(code);
        ulong word = 0;
        for (int i = 0; i < WordBits; i += Vector256<ushort>.Count)
        {
            uint bits = Vector256.Equals(Vector256.Load(codes + i), wanted).ExtractMostSignificantBits();
            word |= (ulong)bits << i;
        }

        return word;
    }

    private static ulong Match32(uint* codes, uint code)
    {
        Vector256<uint> wanted = Vector256.Create(code);
        ulong word = 0;
        for (int i = 0; i < WordBits; i += Vector256<uint>.Count)
        {
            uint bits = Vector256.Equals(Vector256.Load(codes + i), wanted).ExtractMostSignificantBits();
            word |= (ulong)bits << i;
        }

        return word;
    }
}
