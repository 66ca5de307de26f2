using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tsdb.Storage.Codecs;

// Doubles of full precision: sign, exponent and the first bits of the fraction repeat, the rest is noise
// (ALP_RD: Afroozeh, Kuffo, Boncz 2023). docs/formats/codecs.md, "Split doubles"; after the scheme byte:
//
//   offset  size     field
//   0       1        right bits r, 48 to 63
//   1       1        number of left entries e, 1 to 8
//   2       2 * e    left entries, each bits >> r of some values
//   ..      packed   codes, BitPacking at the width of (e - 1)
//   ..      packed   right bits, BitPacking at r
//   ..      1 to 2   number of exceptions, varint, may be 0
//   ..      3 or 4   per exception: positions skipped, varint; left bits, 2 bytes
//
// value = left << r | right. Valid when every part is there, codes are below e and positions within the
// block.

/// <summary>Splits doubles into a few distinct left parts and the bits to their right.</summary>
internal static class SplitBits
{
    private const int RightBitsMin = 48;
    private const int RightBitsMax = 63;
    private const int EntryCountMax = 8;
    private const int SampleCount = 64;
    private const int ExceptionBits = 32;

    /// <summary>Writes this form if it beats the limit; returns its size, else the limit itself.</summary>
    [SkipLocalsInit]
    public static int Write(ReadOnlySpan<long> bits, Span<long> codes, Span<byte> target, int limitBytes)
    {
        if (BitPacking.SizeBytes(bits.Length, RightBitsMin) >= limitBytes)
        {
            return limitBytes;
        }

        Span<ushort> entries = stackalloc ushort[EntryCountMax];
        Span<short> misses = stackalloc short[IntegerCodec.CountMax + 1];
        int rightBits = ChooseRightBits(bits, entries, out int entryCount);
        entries = entries[..entryCount];
        int missCount = FindCodes(bits, rightBits, entries, codes, misses);
        int codeWidth = BitPacking.WidthOf((ulong)(entryCount - 1));
        int sizeBytes = 3 + (sizeof(ushort) * entryCount)
            + BitPacking.SizeBytes(bits.Length, codeWidth)
            + BitPacking.SizeBytes(bits.Length, rightBits)
            + VarInt.SizeBytes((ulong)missCount)
            + (4 * missCount);
        if (sizeBytes >= limitBytes)
        {
            return limitBytes;
        }

        target[0] = (byte)DoubleScheme.Split;
        target[1] = (byte)rightBits;
        target[2] = (byte)entryCount;
        int size = 3;
        foreach (ushort entry in entries)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(target[size..], entry);
            size += sizeof(ushort);
        }

        size += BitPacking.Pack(codes[..bits.Length], 0, codeWidth, target[size..]);
        size += BitPacking.Pack(bits, 0, rightBits, target[size..]);
        return size + WriteMisses(bits, rightBits, misses[..missCount], target[size..]);
    }

    /// <summary>Reads what follows the scheme byte.</summary>
    [SkipLocalsInit]
    public static bool TryRead(ref ReadOnlySpan<byte> source, Span<long> bits)
    {
        if (source.Length < 2
            || source[0] is < RightBitsMin or > RightBitsMax
            || source[1] is < 1 or > EntryCountMax
            || source.Length < 2 + (sizeof(ushort) * source[1]))
        {
            return false;
        }

        int rightBits = source[0];
        int entryCount = source[1];
        Span<long> lefts = stackalloc long[EntryCountMax];
        for (int i = 0; i < entryCount; i++)
        {
            ushort entry = BinaryPrimitives.ReadUInt16LittleEndian(source[(2 + (sizeof(ushort) * i))..]);
            lefts[i] = (long)entry << rightBits;
        }

        source = source[(2 + (sizeof(ushort) * entryCount))..];
        Span<long> codes = IntegerScratch.Current.Codes.AsSpan(0, bits.Length);
        if (!BitPacking.TryUnpack(ref source, 0, BitPacking.WidthOf((ulong)(entryCount - 1)), codes)
            || !BitPacking.TryUnpack(ref source, 0, rightBits, bits))
        {
            return false;
        }

        lefts[entryCount..].Clear();
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] |= lefts[(int)codes[i] & (EntryCountMax - 1)];
        }

        return TryPatch(ref source, rightBits, bits);
    }

    // The width that costs least for the sample: fewer right bits leave more distinct left parts, so more
    // codes and more exceptions. The sample is sorted once; shifting keeps the order, so equal left parts
    // stay together.
    [SkipLocalsInit]
    private static int ChooseRightBits(ReadOnlySpan<long> bits, Span<ushort> entries, out int entryCount)
    {
        int sampleCount = Math.Min(bits.Length, SampleCount);
        Span<ushort> sample = stackalloc ushort[SampleCount];
        for (int i = 0; i < sampleCount; i++)
        {
            sample[i] = (ushort)(bits[i * bits.Length / sampleCount] >>> RightBitsMin);
        }

        sample = sample[..sampleCount];
        sample.Sort();
        int bestCost = int.MaxValue;
        int bestBits = RightBitsMax;
        for (int rightBits = RightBitsMin; rightBits <= RightBitsMax; rightBits++)
        {
            int kept = ChooseEntries(sample, rightBits - RightBitsMin, entries, out int coveredCount);
            int codeBits = BitPacking.WidthOf((ulong)(kept - 1));
            int missBits = ExceptionBits * (sampleCount - coveredCount);
            int cost = (sampleCount * (rightBits + codeBits)) + missBits;
            if (cost < bestCost)
            {
                bestCost = cost;
                bestBits = rightBits;
            }

            if (kept == 1)
            {
                // One left part already: more right bits can only cost more.
                break;
            }
        }

        entryCount = ChooseEntries(sample, bestBits - RightBitsMin, entries, out _);
        return bestBits;
    }

    // The commonest left parts, at most 8, most frequent first; ties go to the lesser.
    [SkipLocalsInit]
    private static int ChooseEntries(
        ReadOnlySpan<ushort> sorted, int shift, Span<ushort> entries, out int coveredCount)
    {
        Span<int> counts = stackalloc int[EntryCountMax];
        int kept = 0;
        for (int start = 0, end = 0; start < sorted.Length; start = end)
        {
            int left = sorted[start] >> shift;
            for (end = start + 1; end < sorted.Length && sorted[end] >> shift == left;)
            {
                end++;
            }

            int count = end - start;
            if (kept < EntryCountMax)
            {
                kept++;
            }
            else if (counts[EntryCountMax - 1] >= count)
            {
                continue;
            }

            int at = kept - 1;
            for (; at > 0 && counts[at - 1] < count; at--)
            {
                (counts[at], entries[at]) = (counts[at - 1], entries[at - 1]);
            }

            (counts[at], entries[at]) = (count, (ushort)left);
        }

        coveredCount = 0;
        foreach (int count in counts[..kept])
        {
            coveredCount += count;
        }

        return kept;
    }

    private static int FindCodes(
        ReadOnlySpan<long> bits,
        int rightBits,
        ReadOnlySpan<ushort> entries,
        Span<long> codes,
        Span<short> misses)
    {
        // Room left over repeats the first entry; its lowest match is still code 0.
        Span<ushort> padded = stackalloc ushort[EntryCountMax];
        padded.Fill(entries[0]);
        entries.CopyTo(padded);
        Vector128<ushort> known = Vector128.Create<ushort>(padded);
        int missCount = 0;
        for (int i = 0; i < bits.Length; i++)
        {
            Vector128<ushort> left = Vector128.Create((ushort)(bits[i] >>> rightBits));
            uint matches = Vector128.Equals(known, left).ExtractMostSignificantBits();
            codes[i] = BitOperations.TrailingZeroCount(matches) & (EntryCountMax - 1);
            misses[missCount] = (short)i;
            missCount += matches == 0 ? 1 : 0;
        }

        return missCount;
    }

    private static int WriteMisses(
        ReadOnlySpan<long> bits, int rightBits, ReadOnlySpan<short> misses, Span<byte> target)
    {
        int size = VarInt.Write(target, (ulong)misses.Length);
        int next = 0;
        foreach (short miss in misses)
        {
            size += VarInt.Write(target[size..], (ulong)(miss - next));
            BinaryPrimitives.WriteUInt16LittleEndian(target[size..], (ushort)(bits[miss] >>> rightBits));
            size += sizeof(ushort);
            next = miss + 1;
        }

        return size;
    }

    private static bool TryPatch(ref ReadOnlySpan<byte> source, int rightBits, Span<long> bits)
    {
        if (!VarInt.TryReadCount(ref source, 0, bits.Length, out int exceptionCount))
        {
            return false;
        }

        long rightMask = (1L << rightBits) - 1;
        int next = 0;
        for (int i = 0; i < exceptionCount; i++)
        {
            if (!VarInt.TryReadCount(ref source, 0, bits.Length - 1 - next, out int skipped)
                || source.Length < sizeof(ushort))
            {
                return false;
            }

            long left = (long)BinaryPrimitives.ReadUInt16LittleEndian(source) << rightBits;
            source = source[sizeof(ushort)..];
            next += skipped;
            bits[next] = (bits[next] & rightMask) | left;
            next++;
        }

        return true;
    }
}
