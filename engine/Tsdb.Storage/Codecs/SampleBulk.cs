using System.Numerics;
using System.Runtime.InteropServices;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// Where most of some values lie: the range of 32 samples without the two least and the two greatest. At
/// least 32 values.
/// </summary>
internal readonly struct SampleBulk
{
    /// <summary>Samples taken, evenly spread.</summary>
    public const int SampleCount = 32;

    private SampleBulk(long low, ulong spread)
    {
        Low = low;
        Spread = spread;
        Width = BitPacking.WidthOf(spread);
    }

    public long Low { get; }

    /// <summary>From the lowest to the highest of the bulk.</summary>
    public ulong Spread { get; }

    /// <summary>Bits for the spread.</summary>
    public int Width { get; }

    public static SampleBulk Of(ReadOnlySpan<long> values)
    {
        Span<long> samples = stackalloc long[SampleCount];
        for (int i = 0; i < SampleCount; i++)
        {
            samples[i] = values[i * values.Length / SampleCount];
        }

        long low = ThirdLeast(samples, 0);

        // Complements are in the opposite order, and none overflows.
        long high = ~ThirdLeast(samples, -1);
        return new SampleBulk(low, unchecked((ulong)(high - low)));
    }

    // Lane by lane, then across: no branch depends on a value.
    private static long ThirdLeast(ReadOnlySpan<long> samples, long flip)
    {
        ReadOnlySpan<Vector<long>> vectors = MemoryMarshal.Cast<long, Vector<long>>(samples);
        Vector<long> flips = new(flip);
        Vector<long> first = new(long.MaxValue);
        Vector<long> second = first;
        Vector<long> third = first;
        foreach (Vector<long> vector in vectors)
        {
            Vector<long> next = vector ^ flips;
            Vector<long> rest = Vector.Max(first, next);
            first = Vector.Min(first, next);
            third = Vector.Min(third, Vector.Max(second, rest));
            second = Vector.Min(second, rest);
        }

        long least = long.MaxValue;
        long middle = long.MaxValue;
        long greatest = long.MaxValue;
        for (int lane = 0; lane < Vector<long>.Count; lane++)
        {
            Insert(first[lane], ref least, ref middle, ref greatest);
            Insert(second[lane], ref least, ref middle, ref greatest);
            Insert(third[lane], ref least, ref middle, ref greatest);
        }

        return greatest;
    }

    private static void Insert(long value, ref long least, ref long middle, ref long greatest)
    {
        long rest = Math.Max(least, value);
        least = Math.Min(least, value);
        greatest = Math.Min(greatest, Math.Max(middle, rest));
        middle = Math.Min(middle, rest);
    }
}
