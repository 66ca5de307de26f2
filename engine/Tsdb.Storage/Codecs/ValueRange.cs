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
        long min = values[0];
        long max = values[0];
        ReadOnlySpan<Vector<long>> vectors = MemoryMarshal.Cast<long, Vector<long>>(values);
        if (!vectors.IsEmpty)
        {
            Vector<long> lows = vectors[0];
            Vector<long> highs = lows;
            foreach (Vector<long> vector in vectors)
            {
                lows = Vector.Min(lows, vector);
                highs = Vector.Max(highs, vector);
            }

            for (int i = 0; i < Vector<long>.Count; i++)
            {
                min = Math.Min(min, lows[i]);
                max = Math.Max(max, highs[i]);
            }
        }

        foreach (long value in values[(vectors.Length * Vector<long>.Count)..])
        {
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }

        return new ValueRange(min, max);
    }
}
