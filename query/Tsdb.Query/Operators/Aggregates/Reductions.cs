using System.Numerics;
using System.Runtime.InteropServices;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>Sums and extremes of plain spans, a vector register at a time. NaN never wins a
/// comparison.</summary>
internal static class Reductions
{
    /// <summary>The sum, in as many partial sums as a register has lanes: the error grows slower than one by
    /// one.</summary>
    public static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        int i = 0;
        if (values.Length >= Vector<double>.Count * 2)
        {
            ReadOnlySpan<Vector<double>> vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
            Vector<double> even = Vector<double>.Zero;
            Vector<double> odd = Vector<double>.Zero;
            int j = 0;
            for (; j + 1 < vectors.Length; j += 2)
            {
                even += vectors[j];
                odd += vectors[j + 1];
            }

            sum = Vector.Sum(even + odd);
            i = j * Vector<double>.Count;
        }

        for (; i < values.Length; i++)
        {
            sum += values[i];
        }

        return sum;
    }

    /// <summary>The exact sum. The halves of each value are summed apart, so that no lane can
    /// overflow.</summary>
    public static Int128 Sum(ReadOnlySpan<long> values)
    {
        long high = 0;
        long low = 0;
        int i = 0;
        if (values.Length >= Vector<long>.Count * 2)
        {
            ReadOnlySpan<Vector<long>> vectors = MemoryMarshal.Cast<long, Vector<long>>(values);
            Vector<long> highs = Vector<long>.Zero;
            Vector<long> lows = Vector<long>.Zero;
            Vector<long> mask = new(uint.MaxValue);
            foreach (Vector<long> vector in vectors)
            {
                lows += vector & mask;
                highs += (vector >> 31) >> 1;
            }

            low = Vector.Sum(lows);
            high = Vector.Sum(highs);
            i = vectors.Length * Vector<long>.Count;
        }

        for (; i < values.Length; i++)
        {
            low += (uint)values[i];
            high += values[i] >> 32;
        }

        return ((Int128)high << 32) + low;
    }

    /// <summary>The greater of the start value and all values.</summary>
    public static double Max(ReadOnlySpan<double> values, double start)
    {
        double max = start;
        int i = 0;
        if (values.Length >= Vector<double>.Count * 2)
        {
            ReadOnlySpan<Vector<double>> vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
            Vector<double> best = new(start);
            foreach (Vector<double> vector in vectors)
            {
                best = Vector.ConditionalSelect(Vector.GreaterThan(vector, best), vector, best);
            }

            i = vectors.Length * Vector<double>.Count;
            for (int lane = 0; lane < Vector<double>.Count; lane++)
            {
                max = best[lane] > max ? best[lane] : max;
            }
        }

        for (; i < values.Length; i++)
        {
            max = values[i] > max ? values[i] : max;
        }

        return max;
    }

    /// <summary>The less of the start value and all values.</summary>
    public static double Min(ReadOnlySpan<double> values, double start)
    {
        double min = start;
        int i = 0;
        if (values.Length >= Vector<double>.Count * 2)
        {
            ReadOnlySpan<Vector<double>> vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
            Vector<double> best = new(start);
            foreach (Vector<double> vector in vectors)
            {
                best = Vector.ConditionalSelect(Vector.LessThan(vector, best), vector, best);
            }

            i = vectors.Length * Vector<double>.Count;
            for (int lane = 0; lane < Vector<double>.Count; lane++)
            {
                min = best[lane] < min ? best[lane] : min;
            }
        }

        for (; i < values.Length; i++)
        {
            min = values[i] < min ? values[i] : min;
        }

        return min;
    }

    /// <summary>The greater of the start value and all values.</summary>
    public static long Max(ReadOnlySpan<long> values, long start)
    {
        long max = start;
        int i = 0;
        if (values.Length >= Vector<long>.Count * 2)
        {
            ReadOnlySpan<Vector<long>> vectors = MemoryMarshal.Cast<long, Vector<long>>(values);
            Vector<long> best = new(start);
            foreach (Vector<long> vector in vectors)
            {
                best = Vector.Max(best, vector);
            }

            i = vectors.Length * Vector<long>.Count;
            for (int lane = 0; lane < Vector<long>.Count; lane++)
            {
                max = Math.Max(max, best[lane]);
            }
        }

        for (; i < values.Length; i++)
        {
            max = Math.Max(max, values[i]);
        }

        return max;
    }

    /// <summary>The less of the start value and all values.</summary>
    public static long Min(ReadOnlySpan<long> values, long start)
    {
        long min = start;
        int i = 0;
        if (values.Length >= Vector<long>.Count * 2)
        {
            ReadOnlySpan<Vector<long>> vectors = MemoryMarshal.Cast<long, Vector<long>>(values);
            Vector<long> best = new(start);
            foreach (Vector<long> vector in vectors)
            {
                best = Vector.Min(best, vector);
            }

            i = vectors.Length * Vector<long>.Count;
            for (int lane = 0; lane < Vector<long>.Count; lane++)
            {
                min = Math.Min(min, best[lane]);
            }
        }

        for (; i < values.Length; i++)
        {
            min = Math.Min(min, values[i]);
        }

        return min;
    }
}
