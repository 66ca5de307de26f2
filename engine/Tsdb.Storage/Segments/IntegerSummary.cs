using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tsdb.Storage.Segments;

/// <summary>
/// First, last, least, greatest and exact sum of 1 … 1024 integers; stored as differences, which are small
/// where the values are close together.
/// </summary>
/// <param name="First">The first value.</param>
/// <param name="Last">The last value.</param>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
/// <param name="SumAboveMin">Sum of (value - Min): never negative, and less than 2^74.</param>
internal readonly record struct IntegerSummary(long First, long Last, long Min, long Max, UInt128 SumAboveMin)
{
    // Below this spread the sum of 1024 differences cannot leave 63 bits.
    private const ulong MaxSpreadForLanes = 1UL << 53;

    public Int128 Sum(int count) => ((Int128)Min * count) + (Int128)SumAboveMin;

    public static IntegerSummary Of(ReadOnlySpan<long> values)
    {
        (long min, long max) = FindBounds(values);
        ulong spread = (ulong)max - (ulong)min;
        return new(values[0], values[^1], min, max, SumAbove(values, min, spread));
    }

    public void Write(PackedWriter target)
    {
        target.WriteSigned(First);
        target.WriteSigned(unchecked(Last - First));
        target.WriteUnsigned(unchecked((ulong)First - (ulong)Min));
        target.WriteUnsigned(unchecked((ulong)Max - (ulong)First));
        target.WriteUnsigned(SumAboveMin);
    }

    public static IntegerSummary Read(ref PackedReader source)
    {
        long first = source.ReadSigned();
        long last = unchecked(first + source.ReadSigned());
        long min = unchecked((long)((ulong)first - source.ReadUnsigned()));
        long max = unchecked((long)((ulong)first + source.ReadUnsigned()));
        return new(first, last, min, max, source.ReadUnsigned128());
    }

    private static (long Min, long Max) FindBounds(ReadOnlySpan<long> values)
    {
        long min = values[0];
        long max = values[0];
        ReadOnlySpan<Vector256<long>> lanes = MemoryMarshal.Cast<long, Vector256<long>>(values);
        if (!lanes.IsEmpty)
        {
            Vector256<long> mins = lanes[0];
            Vector256<long> maxs = lanes[0];
            foreach (Vector256<long> lane in lanes)
            {
                mins = Vector256.Min(mins, lane);
                maxs = Vector256.Max(maxs, lane);
            }

            for (int i = 0; i < Vector256<long>.Count; i++)
            {
                min = Math.Min(min, mins[i]);
                max = Math.Max(max, maxs[i]);
            }
        }

        foreach (long value in values[(lanes.Length * Vector256<long>.Count)..])
        {
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }

        return (min, max);
    }

    private static UInt128 SumAbove(ReadOnlySpan<long> values, long min, ulong spread)
    {
        UInt128 sum = 0;
        if (spread >= MaxSpreadForLanes)
        {
            foreach (long value in values)
            {
                sum += (ulong)value - (ulong)min;
            }

            return sum;
        }

        ReadOnlySpan<Vector256<long>> lanes = MemoryMarshal.Cast<long, Vector256<long>>(values);
        Vector256<long> sums = Vector256<long>.Zero;
        Vector256<long> mins = Vector256.Create(min);
        foreach (Vector256<long> lane in lanes)
        {
            sums += lane - mins;
        }

        sum = (ulong)Vector256.Sum(sums);
        foreach (long value in values[(lanes.Length * Vector256<long>.Count)..])
        {
            sum += (ulong)value - (ulong)min;
        }

        return sum;
    }
}
