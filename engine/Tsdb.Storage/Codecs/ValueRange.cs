using System.Numerics;
using System.Runtime.InteropServices;

namespace Tsdb.Storage.Codecs;

/// <summary>Least and greatest of some values, as signed numbers.</summary>
internal readonly struct ValueRange(long min, long max)
{
    public long Min { get; } = min;

    public long Max { get; } = max;

    public static ValueRange Of(ReadOnlySpan<long> values)
    {
        Vector<long> low = new(values[0]);
        Vector<long> high = low;
        ReadOnlySpan<Vector<long>> vectors = MemoryMarshal.Cast<long, Vector<long>>(values);
        foreach (Vector<long> vector in vectors)
        {
            low = Vector.Min(low, vector);
            high = Vector.Max(high, vector);
        }

        ValueRange range = Across(low, high);
        foreach (long value in values[(vectors.Length * Vector<long>.Count)..])
        {
            range = range.With(value);
        }

        return range;
    }

    /// <summary>From the least of one vector's lanes to the greatest of the other's.</summary>
    public static ValueRange Across(Vector<long> low, Vector<long> high)
    {
        long min = low[0];
        long max = high[0];
        for (int i = 1; i < Vector<long>.Count; i++)
        {
            min = Math.Min(min, low[i]);
            max = Math.Max(max, high[i]);
        }

        return new ValueRange(min, max);
    }

    /// <summary>Widened to hold the value.</summary>
    public ValueRange With(long value) => new(Math.Min(Min, value), Math.Max(Max, value));
}
