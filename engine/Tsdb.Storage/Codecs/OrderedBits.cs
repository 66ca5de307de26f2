using System.Numerics;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// A double's bits as an integer of the same order, less the zeros that all values of a block end in: small steps
/// for floats widened from 32 bits and for multiples of a power of two. -0.0 is -1, one below +0.0.
/// </summary>
internal static class OrderedBits
{
    public const int ShiftMax = 63;

    /// <summary>Writes the integers and returns how many trailing zeros were dropped.</summary>
    public static int Split(ReadOnlySpan<long> bits, Span<long> integers)
    {
        long union = 0;
        foreach (long value in bits)
        {
            union |= value;
        }

        int shift = Math.Min(BitOperations.TrailingZeroCount(union), ShiftMax);
        for (int i = 0; i < bits.Length; i++)
        {
            long magnitude = (bits[i] & long.MaxValue) >> shift;
            integers[i] = magnitude ^ (bits[i] >> 63);
        }

        return shift;
    }

    /// <summary>Turns integers back into bits, in place.</summary>
    public static void Join(Span<long> integers, int shift)
    {
        foreach (ref long value in integers)
        {
            long sign = value >> 63;
            value = ((value ^ sign) << shift) | (sign & long.MinValue);
        }
    }
}
