using System.Numerics;
using System.Runtime.InteropServices;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// A double's bits as an integer of the same order, less the zeros that all values of a block end in: small
/// steps for floats widened from 32 bits and for multiples of a power of two. -0.0 is -1, one below +0.0.
/// </summary>
internal static class OrderedBits
{
    public const int ShiftMax = 63;

    /// <summary>Writes the integers and returns how many trailing zeros were dropped.</summary>
    public static int Split(ReadOnlySpan<long> bits, Span<long> integers)
    {
        integers = integers[..bits.Length];
        ReadOnlySpan<Vector<long>> sources = MemoryMarshal.Cast<long, Vector<long>>(bits);
        Span<Vector<long>> targets = MemoryMarshal.Cast<long, Vector<long>>(integers);
        int vectorised = sources.Length * Vector<long>.Count;
        Vector<long> unions = Vector<long>.Zero;
        foreach (Vector<long> source in sources)
        {
            unions |= source;
        }

        long union = 0;
        for (int i = 0; i < Vector<long>.Count; i++)
        {
            union |= unions[i];
        }

        foreach (long value in bits[vectorised..])
        {
            union |= value;
        }

        int shift = Math.Min(BitOperations.TrailingZeroCount(union), ShiftMax);
        for (int i = 0; i < sources.Length; i++)
        {
            Vector<long> sign = Vector.LessThan(sources[i], Vector<long>.Zero);
            targets[i] = ((sources[i] & new Vector<long>(long.MaxValue)) >> shift) ^ sign;
        }

        for (int i = vectorised; i < bits.Length; i++)
        {
            integers[i] = ((bits[i] & long.MaxValue) >> shift) ^ (bits[i] >> 63);
        }

        return shift;
    }

    /// <summary>Turns integers back into bits, in place.</summary>
    public static void Join(Span<long> integers, int shift)
    {
        Span<Vector<long>> vectors = MemoryMarshal.Cast<long, Vector<long>>(integers);
        foreach (ref Vector<long> vector in vectors)
        {
            Vector<long> sign = Vector.LessThan(vector, Vector<long>.Zero);
            vector = ((vector ^ sign) << shift) | (sign & new Vector<long>(long.MinValue));
        }

        foreach (ref long value in integers[(vectors.Length * Vector<long>.Count)..])
        {
            long sign = value >> 63;
            value = ((value ^ sign) << shift) | (sign & long.MinValue);
        }
    }
}
