namespace Tsdb.Storage.Tests.Codecs;

/// <summary>
/// Blocks that codecs are tried on: what sensors send and what breaks encoders. Made from a seed alone.
/// </summary>
internal static class BlockSamples
{
    public static IEnumerable<(string Name, long[] Values)> Integers(int seed, int count)
    {
        Random random = new(seed);
        yield return ("constant", Fill(count, _ => 42));
        yield return ("constant least", Fill(count, _ => long.MinValue));
        yield return ("counter", Fill(count, i => 1_000_000 + (17L * i)));
        yield return ("counter with resets", Fill(count, i => i % 100));
        yield return ("uniform 0..100", Fill(count, _ => random.Next(101)));
        yield return ("walk", Walk(count, () => random.Next(-1, 2)));
        yield return ("clamped normal walk", NormalWalk(random, count));
        yield return (
            "outliers",
            Fill(count, _ => random.Next(64) == 0 ? random.NextInt64() : random.Next(16)));
        yield return ("negative outliers", Fill(count, _ => random.Next(40) == 0 ? -random.Next(9999) : 7));
        yield return ("runs", Runs(random, count, 9));
        yield return ("dictionary", Fill(count, _ => 1L << (random.Next(20) * 3)));
        yield return ("full range", Fill(count, _ => random.NextInt64(long.MinValue, long.MaxValue)));
        yield return ("alternating extremes", Fill(count, i => i % 2 == 0 ? long.MinValue : long.MaxValue));
        yield return ("steps of 2^63", Fill(count, i => unchecked(i * long.MinValue)));
        yield return ("line with jitter", Fill(count, i => (1000L * i) + random.Next(-20, 21)));
        yield return ("steep line", Fill(count, i => unchecked(i * 0x7FFF_FFFF_FFFFL * 977)));
    }

    public static IEnumerable<(string Name, double[] Values)> Doubles(int seed, int count)
    {
        Random random = new(seed);
        yield return ("constant", Make(count, _ => 21.5));
        yield return ("minus zero", Make(count, _ => -0.0));
        yield return ("two decimals", TwoDecimalWalk(random, count, 0.5));
        yield return ("two decimals, some lost", Make(count, i => i % 50 == 3 ? double.NaN : i * 0.25));
        yield return ("first values lost", Make(count, i => i < 3 ? double.NaN : i / 10.0));
        yield return ("sums with dust", Make(count, i => (i % 7 * 0.1) + (i % 3 * 0.2)));
        yield return ("floats", Make(count, i => (float)(20 + Math.Sin(i * 0.01))));
        yield return ("noisy sine", NoisySine(random, count));
        yield return ("sine through zero", Make(count, i => Math.Sin(i * 0.013)));
        yield return ("denormals", Make(count, _ => BitConverter.Int64BitsToDouble(random.Next(1, 99))));
        yield return ("any bits", Make(count, _ => AnyBits(random)));
        yield return ("specials", Make(count, i => Special(random, i)));
        yield return ("large", Make(count, i => 1e300 * random.NextDouble() * (i % 2 == 0 ? 1 : -1)));
        yield return ("integers beyond 2^51", Make(count, i => (double)((1L << 52) + i)));
        yield return ("17 digits", Make(count, _ => random.Next(100) * 1e-17));
        yield return ("signed zeros", Make(count, i => i % 2 == 0 ? 0.0 : -0.0));
    }

    public static long[] NormalWalk(Random random, int count)
    {
        double state = 50;
        return Fill(count, _ => (long)(state = Math.Clamp(state + Normal(random), 0, 100)));
    }

    public static double[] TwoDecimalWalk(Random random, int count, double deviation)
    {
        double state = 20;
        return Make(count, _ => Math.Round(state += Normal(random) * deviation, 2));
    }

    public static double[] NoisySine(Random random, int count) =>
        Make(count, i => 20 + (5 * Math.Sin(i * 0.006)) + (0.1 * Normal(random)));

    public static long[] Runs(Random random, int count, int lengthMax)
    {
        long state = 0;
        int left = 0;
        return Fill(count, _ =>
        {
            if (left-- == 0)
            {
                left = random.Next(lengthMax);
                state += random.Next(-3, 4);
            }

            return state;
        });
    }

    public static long[] Walk(int count, Func<int> step)
    {
        long state = 0;
        return Fill(count, _ => state += step());
    }

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static long[] Fill(int count, Func<int, long> make)
    {
        long[] values = new long[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = make(i);
        }

        return values;
    }

    public static double[] Make(int count, Func<int, double> make)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = make(i);
        }

        return values;
    }

    private static double AnyBits(Random random) =>
        BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));

    private static double Special(Random random, int i) => (i % 9) switch
    {
        0 => -0.0,
        1 => double.NaN,
        2 => double.PositiveInfinity,
        3 => double.NegativeInfinity,
        4 => BitConverter.Int64BitsToDouble(0x7FF0_0000_0000_0000 | random.NextInt64(1, 1 << 30)),
        5 => double.Epsilon,
        6 => double.MaxValue,
        7 => BitConverter.Int64BitsToDouble(unchecked((long)0xFFF8_0000_0000_1234)),
        _ => i * 0.5,
    };
}
