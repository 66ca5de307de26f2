namespace Tsdb.Bench.Micro.Codecs;

/// <summary>Series of the kinds that the design sets targets for, from a fixed seed.</summary>
internal static class CodecSeries
{
    private const int Seed = 1;

    public static long[] Integers(string kind, int count)
    {
        Random random = new(Seed);
        double state = 50;
        long[] values = new long[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = kind switch
            {
                "constant" => 42,
                "cpu walk" => (long)(state = Math.Clamp(state + Normal(random), 0, 100)),
                "uniform 0..100" => random.Next(101),
                "counter" => 17L * i,
                "runs" => (long)(state += random.Next(8) == 0 ? 1 : 0),
                "dictionary" => 1L << (3 * random.Next(20)),
                _ => random.NextInt64(),
            };
        }

        return values;
    }

    public static long[] Timestamps(string kind, int count)
    {
        const long StartMs = 1_700_000_000_000;
        Random random = new(Seed);
        long[] values = new long[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = kind switch
            {
                "exact 10 s" => (StartMs + (10_000L * i)) * 1_000_000,
                "1 s, 20 ms jitter" => (StartMs + (1_000L * i) + random.Next(-20, 21)) * 1_000_000,
                _ => ((StartMs + (1_000L * i)) * 1_000_000) + ((long)(2_000 * Normal(random)) * 1_000),
            };
        }

        return values;
    }

    public static double[] Doubles(string kind, int count)
    {
        Random random = new(Seed);
        double state = 20;
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = kind switch
            {
                "2 decimals" => Math.Round(state += 0.25 * Normal(random), 2),
                "float" => (float)(state += 0.05 * Normal(random)),
                "slow sensor" => Math.Round(state += random.Next(8) == 0 ? 0.1 : 0, 1),
                "noisy sine" => 20 + (5 * Math.Sin(0.006 * i)) + (0.1 * Normal(random)),
                _ => BitConverter.Int64BitsToDouble(random.NextInt64()),
            };
        }

        return values;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
