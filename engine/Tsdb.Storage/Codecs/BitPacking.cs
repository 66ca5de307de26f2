using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tsdb.Storage.Codecs;

// n values of W bits in exactly ceil(n * W / 8) bytes, little-endian; docs/formats/codecs.md, "Packed bits".
//
//   offset                size                          field
//   0                     128 * F                       F full rows of 16 words, as LaneKernel describes;
//                                                       R = n / 16 rows of values, F = R * W / 64
//   128 * F               ceil((16 * b + t * W) / 8)    a stream of bits, low first: the b = R * W % 64 bits
//                                                       that remain of each lane, lane by lane, then the last
//                                                       t = n % 16 values, W bits each; unused bits are zero
//
// A block of 1024 has b = t = 0: only the first part. There is no check here; who frames the bytes sums them.

/// <summary>Bit packing of up to 1024 values at one width.</summary>
internal static class BitPacking
{
    private const int WordBits = 64;
    private const int WordRowBytes = LaneKernel.LaneCount * sizeof(ulong);

    /// <summary>Bytes that <paramref name="count"/> values take at <paramref name="width"/> bits.</summary>
    public static int SizeBytes(int count, int width) => ((count * width) + 7) / 8;

    /// <summary>Bits that hold every value from 0 to <paramref name="max"/>.</summary>
    public static int WidthOf(ulong max) => WordBits - System.Numerics.BitOperations.LeadingZeroCount(max);

    /// <summary>Packs (value - reference) mod 2^width and returns the size in bytes.</summary>
    public static int Pack(ReadOnlySpan<long> values, long reference, int width, Span<byte> target)
    {
        int sizeBytes = SizeBytes(values.Length, width);
        if (width == 0)
        {
            return 0;
        }

        target = target[..sizeBytes];
        Span<ulong> partial = stackalloc ulong[LaneKernel.LaneCount];
        int rowCount = values.Length / LaneKernel.LaneCount;
        int partialBits = rowCount * width % WordBits;
        int fullBytes = rowCount * width / WordBits * WordRowBytes;
        if (rowCount > 0)
        {
            ref ulong words = ref Unsafe.As<byte, ulong>(ref MemoryMarshal.GetReference(target));
            ref ulong source = ref Unsafe.As<long, ulong>(ref MemoryMarshal.GetReference(values));
            PackRows(ref source, rowCount, width, (ulong)reference, ref words, ref partial[0]);
        }

        if (fullBytes < sizeBytes)
        {
            BitWriter writer = new(target[fullBytes..]);
            for (int lane = 0; lane < partial.Length && partialBits > 0; lane++)
            {
                writer.Write(partial[lane], partialBits);
            }

            ulong mask = ulong.MaxValue >> (WordBits - width);
            foreach (long value in values[(rowCount * LaneKernel.LaneCount)..])
            {
                // Wraps on purpose: the decoder's addition wraps back, so any range of 64 bits can be framed.
                writer.Write(unchecked((ulong)(value - reference)) & mask, width);
            }

            writer.Flush();
        }

        return sizeBytes;
    }

    /// <summary>Takes the values off the front of the source; false when it is too short.</summary>
    public static bool TryUnpack(ref ReadOnlySpan<byte> source, long reference, int width, Span<long> values)
    {
        int sizeBytes = SizeBytes(values.Length, width);
        if ((uint)width > WordBits || source.Length < sizeBytes)
        {
            return false;
        }

        ReadOnlySpan<byte> packed = source[..sizeBytes];
        source = source[sizeBytes..];
        if (width == 0)
        {
            values.Fill(reference);
            return true;
        }

        int rowCount = values.Length / LaneKernel.LaneCount;
        int fullBytes = rowCount * width / WordBits * WordRowBytes;
        ref ulong target = ref Unsafe.As<long, ulong>(ref MemoryMarshal.GetReference(values));
        if (fullBytes == sizeBytes)
        {
            ref ulong words = ref Unsafe.As<byte, ulong>(ref MemoryMarshal.GetReference(packed));
            UnpackRows(ref words, rowCount, width, (ulong)reference, ref target);
        }
        else
        {
            UnpackTail(packed, fullBytes, reference, width, values);
        }

        return true;
    }

    [SkipLocalsInit]
    private static void UnpackTail(
        ReadOnlySpan<byte> packed, int fullBytes, long reference, int width, Span<long> values)
    {
        int rowCount = values.Length / LaneKernel.LaneCount;
        int partialBits = rowCount * width % WordBits;
        Span<ulong> words = stackalloc ulong[1024 + LaneKernel.LaneCount];
        packed[..fullBytes].CopyTo(MemoryMarshal.AsBytes(words));
        BitReader reader = new(packed[fullBytes..]);
        if (partialBits > 0)
        {
            foreach (ref ulong word in words.Slice(fullBytes / sizeof(ulong), LaneKernel.LaneCount))
            {
                word = reader.Read(partialBits);
            }
        }

        if (rowCount > 0)
        {
            ref ulong target = ref Unsafe.As<long, ulong>(ref MemoryMarshal.GetReference(values));
            UnpackRows(ref words[0], rowCount, width, (ulong)reference, ref target);
        }

        foreach (ref long value in values[(rowCount * LaneKernel.LaneCount)..])
        {
            value = unchecked((long)reader.Read(width) + reference);
        }
    }

    private static void PackRows(
        ref ulong source, int rowCount, int width, ulong reference, ref ulong target, ref ulong partial)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            LaneKernel.Pack<Lanes512, Vector512<ulong>>(
                ref source, rowCount, width, reference, ref target, ref partial);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            LaneKernel.Pack<Lanes256, Vector256<ulong>>(
                ref source, rowCount, width, reference, ref target, ref partial);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            LaneKernel.Pack<Lanes128, Vector128<ulong>>(
                ref source, rowCount, width, reference, ref target, ref partial);
        }
        else
        {
            LaneKernel.Pack<Lanes64, ulong>(ref source, rowCount, width, reference, ref target, ref partial);
        }
    }

    private static void UnpackRows(
        ref ulong source, int rowCount, int width, ulong reference, ref ulong target)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            LaneKernel.Unpack<Lanes512, Vector512<ulong>>(ref source, rowCount, width, reference, ref target);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            LaneKernel.Unpack<Lanes256, Vector256<ulong>>(ref source, rowCount, width, reference, ref target);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            LaneKernel.Unpack<Lanes128, Vector128<ulong>>(ref source, rowCount, width, reference, ref target);
        }
        else
        {
            LaneKernel.Unpack<Lanes64, ulong>(ref source, rowCount, width, reference, ref target);
        }
    }
}
