using System.Numerics;
using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Storage.Codecs;

// docs/formats/codecs.md, "Bitmaps":
//
//   offset  size      field
//   0       1 to 5    number of bits, varint
//   ..      1         scheme
//   ..      the rest  by scheme:
//     0 AllClear, 1 AllSet            nothing
//     2 Raw                           ceil(bits / 8) bytes, low bit first, unused bits zero
//     3 SetPositions, 4 ClearPositions  number of positions, varint; per position: bits skipped, varint
//     5 Runs                          lengths of alternating runs, varints, the first one clear and perhaps 0
//
// Valid when the number is the one expected, positions and runs stay within it, runs fill it, and the parts
// end with the bytes.

/// <summary>Bitmaps: which rows have a cell, booleans. Bit i is bit i % 64 of word i / 64.</summary>
internal static class BitmapCodec
{
    private const int WordBits = 64;

    public static int MaxEncodedSizeBytes(int bitCount) => VarInt.MaxSizeBytes + 1 + ((bitCount + 7) / 8);

    /// <summary>
    /// Encodes into a target of at least the maximum size and returns the size in bytes. Bits of the last
    /// word beyond the count are ignored.
    /// </summary>
    public static int Encode(ReadOnlySpan<ulong> words, int bitCount, Span<byte> target)
    {
        Invariant.Holds(bitCount > 0 && words.Length >= (bitCount + WordBits - 1) / WordBits);
        int headerBytes = VarInt.Write(target, (ulong)bitCount);
        Span<byte> body = target[(headerBytes + 1)..];
        int setCount = CountSet(words, bitCount);
        BitmapScheme scheme = setCount == 0 ? BitmapScheme.AllClear
            : setCount == bitCount ? BitmapScheme.AllSet
            : BitmapScheme.Raw;
        int sizeBytes = 0;
        if (scheme == BitmapScheme.Raw)
        {
            sizeBytes = (bitCount + 7) / 8;
            Shrink(words, bitCount, BitmapScheme.SetPositions, ref scheme, ref sizeBytes);
            Shrink(words, bitCount, BitmapScheme.ClearPositions, ref scheme, ref sizeBytes);
            Shrink(words, bitCount, BitmapScheme.Runs, ref scheme, ref sizeBytes);
            WriteBody(words, bitCount, scheme, body);
        }

        target[headerBytes] = (byte)scheme;
        return headerBytes + 1 + sizeBytes;
    }

    /// <summary>
    /// False when the bytes are not exactly a bitmap of so many bits; the words are then garbage. Bits beyond
    /// the count come back clear.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, int bitCount, Span<ulong> words)
    {
        Invariant.Holds(bitCount > 0 && words.Length >= (bitCount + WordBits - 1) / WordBits);
        if (!VarInt.TryReadCount(ref source, bitCount, bitCount, out _) || source.IsEmpty)
        {
            return false;
        }

        BitmapScheme scheme = (BitmapScheme)source[0];
        source = source[1..];
        words = words[..((bitCount + WordBits - 1) / WordBits)];
        words.Fill(scheme is BitmapScheme.AllSet or BitmapScheme.ClearPositions ? ulong.MaxValue : 0);
        bool isRead = scheme switch
        {
            BitmapScheme.AllClear or BitmapScheme.AllSet => true,
            BitmapScheme.Raw => TryReadRaw(ref source, bitCount, words),
            BitmapScheme.SetPositions or BitmapScheme.ClearPositions =>
                TryReadPositions(ref source, bitCount, words),
            BitmapScheme.Runs => TryReadRuns(ref source, bitCount, words),
            _ => false,
        };
        words[^1] &= LastMask(bitCount);
        return isRead && source.IsEmpty;
    }

    private static ulong LastMask(int bitCount) => ulong.MaxValue >> (-bitCount & (WordBits - 1));

    private static int CountSet(ReadOnlySpan<ulong> words, int bitCount)
    {
        int last = (bitCount - 1) / WordBits;
        int setCount = BitOperations.PopCount(words[last] & LastMask(bitCount));
        foreach (ulong word in words[..last])
        {
            setCount += BitOperations.PopCount(word);
        }

        return setCount;
    }

    private static void Shrink(
        ReadOnlySpan<ulong> words,
        int bitCount,
        BitmapScheme candidate,
        ref BitmapScheme best,
        ref int bestBytes)
    {
        BitScan scan = new(words, bitCount);
        int sizeBytes = 0;
        if (candidate == BitmapScheme.Runs)
        {
            bool isSet = false;
            for (int at = 0; at < bitCount && sizeBytes < bestBytes; isSet = !isSet)
            {
                int end = scan.Find(at, !isSet);
                sizeBytes += VarInt.SizeBytes((ulong)(end - at));
                at = end;
            }
        }
        else
        {
            bool isSought = candidate == BitmapScheme.SetPositions;
            int foundCount = 0;
            int from = 0;
            int at = scan.Find(0, isSought);
            for (; at < bitCount && sizeBytes < bestBytes; at = scan.Find(from, isSought))
            {
                sizeBytes += VarInt.SizeBytes((ulong)(at - from));
                from = at + 1;
                foundCount++;
            }

            sizeBytes += VarInt.SizeBytes((ulong)foundCount);
        }

        if (sizeBytes < bestBytes)
        {
            best = candidate;
            bestBytes = sizeBytes;
        }
    }

    private static void WriteBody(
        ReadOnlySpan<ulong> words, int bitCount, BitmapScheme scheme, Span<byte> body)
    {
        BitScan scan = new(words, bitCount);
        int size = 0;
        if (scheme == BitmapScheme.Raw)
        {
            int sizeBytes = (bitCount + 7) / 8;
            MemoryMarshal.AsBytes(words)[..sizeBytes].CopyTo(body);
            body[sizeBytes - 1] &= (byte)(0xFF >> (-bitCount & 7));
        }
        else if (scheme == BitmapScheme.Runs)
        {
            bool isSet = false;
            for (int at = 0; at < bitCount; isSet = !isSet)
            {
                int end = scan.Find(at, !isSet);
                size += VarInt.Write(body[size..], (ulong)(end - at));
                at = end;
            }
        }
        else
        {
            bool isSought = scheme == BitmapScheme.SetPositions;
            int setCount = CountSet(words, bitCount);
            size = VarInt.Write(body, (ulong)(isSought ? setCount : bitCount - setCount));
            int from = 0;
            for (int at = scan.Find(0, isSought); at < bitCount; at = scan.Find(from, isSought))
            {
                size += VarInt.Write(body[size..], (ulong)(at - from));
                from = at + 1;
            }
        }
    }

    private static bool TryReadRaw(ref ReadOnlySpan<byte> source, int bitCount, Span<ulong> words)
    {
        int sizeBytes = (bitCount + 7) / 8;
        if (source.Length < sizeBytes)
        {
            return false;
        }

        source[..sizeBytes].CopyTo(MemoryMarshal.AsBytes(words));
        source = source[sizeBytes..];
        return true;
    }

    private static bool TryReadPositions(ref ReadOnlySpan<byte> source, int bitCount, Span<ulong> words)
    {
        if (!VarInt.TryReadCount(ref source, 1, bitCount, out int positionCount))
        {
            return false;
        }

        int next = 0;
        for (int i = 0; i < positionCount; i++)
        {
            if (!VarInt.TryReadCount(ref source, 0, bitCount - 1 - next, out int skipped))
            {
                return false;
            }

            next += skipped;
            words[next / WordBits] ^= 1UL << (next % WordBits);
            next++;
        }

        return true;
    }

    private static bool TryReadRuns(ref ReadOnlySpan<byte> source, int bitCount, Span<ulong> words)
    {
        bool isSet = false;
        for (int at = 0; at < bitCount; isSet = !isSet)
        {
            if (!VarInt.TryReadCount(ref source, at == 0 && !isSet ? 0 : 1, bitCount - at, out int length))
            {
                return false;
            }

            for (int end = at + length; isSet && at < end;)
            {
                int take = Math.Min(WordBits - (at % WordBits), end - at);
                words[at / WordBits] |= ulong.MaxValue >> (WordBits - take) << (at % WordBits);
                at += take;
            }

            at += isSet ? 0 : length;
        }

        return true;
    }
}
