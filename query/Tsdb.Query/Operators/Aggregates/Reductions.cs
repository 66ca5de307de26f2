using System.Numerics;
using System.Runtime.InteropServices;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>
/// Sums and extremes of plain spans, four vector registers side by side: one alone would wait for its own
/// last result. NaN never wins a comparison.
/// </summary>
internal static class Reductions
{
    // Registers that are filled at once.
    private const int Stride = 4;

    private interface IOrder
    {
        static abstract Vector<T> Better<T>(Vector<T> candidate, Vector<T> best);

        static abstract bool IsBetter<T>(T candidate, T best)
            where T : INumber<T>;
    }

    /// <summary>
    /// The sum, in as many partial sums as the registers have lanes: the error grows slower than one by one.
    /// </summary>
    public static double Sum(ReadOnlySpan<double> values)
    {
        ref double source = ref MemoryMarshal.GetReference(values);
        double sum = 0;
        int i = 0;
        int count = Vector<double>.Count;
        if (values.Length >= count * Stride)
        {
            Vector<double> first = Vector<double>.Zero;
            Vector<double> second = Vector<double>.Zero;
            Vector<double> third = Vector<double>.Zero;
            Vector<double> fourth = Vector<double>.Zero;
            for (; i <= values.Length - (count * Stride); i += count * Stride)
            {
                first += Vector.LoadUnsafe(ref source, (nuint)i);
                second += Vector.LoadUnsafe(ref source, (nuint)(i + count));
                third += Vector.LoadUnsafe(ref source, (nuint)(i + (2 * count)));
                fourth += Vector.LoadUnsafe(ref source, (nuint)(i + (3 * count)));
            }

            sum = Vector.Sum(first + second + (third + fourth));
        }

        for (; i < values.Length; i++)
        {
            sum += values[i];
        }

        return sum;
    }

    /// <summary>
    /// The exact sum. The halves of each value are summed apart, so that no lane can overflow.
    /// </summary>
    public static Int128 Sum(ReadOnlySpan<long> values)
    {
        ref long source = ref MemoryMarshal.GetReference(values);
        long high = 0;
        long low = 0;
        int i = 0;
        int count = Vector<long>.Count;
        if (values.Length >= count * 2)
        {
            Vector<long> highs = Vector<long>.Zero;
            Vector<long> lows = Vector<long>.Zero;
            Vector<long> moreHighs = Vector<long>.Zero;
            Vector<long> moreLows = Vector<long>.Zero;
            Vector<long> mask = new(uint.MaxValue);
            for (; i <= values.Length - (count * 2); i += count * 2)
            {
                Vector<long> first = Vector.LoadUnsafe(ref source, (nuint)i);
                Vector<long> second = Vector.LoadUnsafe(ref source, (nuint)(i + count));
                lows += first & mask;
                moreLows += second & mask;
                highs += High(first);
                moreHighs += High(second);
            }

            low = Vector.Sum(lows + moreLows);
            high = Vector.Sum(highs + moreHighs);
        }

        for (; i < values.Length; i++)
        {
            low += (uint)values[i];
            high += values[i] >> 32;
        }

        return ((Int128)high << 32) + low;
    }

    /// <summary>The greater of the start value and all values.</summary>
    public static double Max(ReadOnlySpan<double> values, double start) =>
        Extreme<double, Greater>(values, start);

    /// <summary>The less of the start value and all values.</summary>
    public static double Min(ReadOnlySpan<double> values, double start) =>
        Extreme<double, Less>(values, start);

    /// <summary>The greater of the start value and all values.</summary>
    public static long Max(ReadOnlySpan<long> values, long start) => Extreme<long, Greater>(values, start);

    /// <summary>The less of the start value and all values.</summary>
    public static long Min(ReadOnlySpan<long> values, long start) => Extreme<long, Less>(values, start);

    // A shift by 32 at once is slow before AVX-512.
    private static Vector<long> High(Vector<long> values) => (values >> 31) >> 1;

    private static T Extreme<T, TOrder>(ReadOnlySpan<T> values, T start)
        where T : unmanaged, INumber<T>
        where TOrder : struct, IOrder
    {
        ref T source = ref MemoryMarshal.GetReference(values);
        T best = start;
        int i = 0;
        int count = Vector<T>.Count;
        if (values.Length >= count * Stride)
        {
            Vector<T> first = new(start);
            Vector<T> second = first;
            Vector<T> third = first;
            Vector<T> fourth = first;
            for (; i <= values.Length - (count * Stride); i += count * Stride)
            {
                first = TOrder.Better(Vector.LoadUnsafe(ref source, (nuint)i), first);
                second = TOrder.Better(Vector.LoadUnsafe(ref source, (nuint)(i + count)), second);
                third = TOrder.Better(Vector.LoadUnsafe(ref source, (nuint)(i + (2 * count))), third);
                fourth = TOrder.Better(Vector.LoadUnsafe(ref source, (nuint)(i + (3 * count))), fourth);
            }

            first = TOrder.Better(TOrder.Better(first, second), TOrder.Better(third, fourth));
            for (int lane = 0; lane < count; lane++)
            {
                best = TOrder.IsBetter(first[lane], best) ? first[lane] : best;
            }
        }

        for (; i < values.Length; i++)
        {
            best = TOrder.IsBetter(values[i], best) ? values[i] : best;
        }

        return best;
    }

    private readonly struct Greater : IOrder
    {
        public static Vector<T> Better<T>(Vector<T> candidate, Vector<T> best) =>
            Vector.ConditionalSelect(Vector.GreaterThan(candidate, best), candidate, best);

        public static bool IsBetter<T>(T candidate, T best)
            where T : INumber<T> => candidate > best;
    }

    private readonly struct Less : IOrder
    {
        public static Vector<T> Better<T>(Vector<T> candidate, Vector<T> best) =>
            Vector.ConditionalSelect(Vector.LessThan(candidate, best), candidate, best);

        public static bool IsBetter<T>(T candidate, T best)
            where T : INumber<T> => candidate < best;
    }
}
