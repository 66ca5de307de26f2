using System.Runtime.InteropServices;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Tests.Codecs;

/// <summary>Integers, timestamps and doubles come back bit for bit, whatever they are.</summary>
public sealed class NumberCodecTests(ITestOutputHelper output)
{
    private const int Seed = 20261122;

    private static readonly int[] _counts =
        [1, 2, 3, 15, 16, 17, 31, 33, 100, 255, 256, 648, 1000, 1023, 1024];

    [Fact]
    public void Integers_of_every_kind_come_back_bit_for_bit()
    {
        foreach (int count in _counts)
        {
            foreach ((string name, long[] values) in BlockSamples.Integers(Seed, count))
            {
                long[] decoded = DecodeIntegers(EncodeIntegers(values), count);
                Assert.True(values.AsSpan().SequenceEqual(decoded), $"{name} x {count}, seed {Seed}");
            }
        }
    }

    [Fact]
    public void Timestamps_of_every_kind_come_back_bit_for_bit()
    {
        foreach (int count in _counts)
        {
            foreach ((string name, long[] values) in BlockSamples.Integers(Seed, count))
            {
                foreach (long unitNs in new long[] { 1, 1_000, 1_000_000, 1_000_000_000 })
                {
                    long[] scaled =
                        BlockSamples.Fill(count, i => unchecked((values[i] * unitNs) + 123_456_789));
                    long[] decoded = DecodeTimestamps(EncodeTimestamps(scaled), count);
                    Assert.True(scaled.AsSpan().SequenceEqual(decoded), $"{name} x {count} x {unitNs}");
                }
            }
        }
    }

    [Fact]
    public void Doubles_of_every_kind_come_back_bit_for_bit()
    {
        foreach (int count in _counts)
        {
            foreach ((string name, double[] values) in BlockSamples.Doubles(Seed, count))
            {
                double[] decoded = DecodeDoubles(EncodeDoubles(values), count);
                Assert.True(HaveSameBits(values, decoded), $"{name} x {count}, seed {Seed}");
            }
        }
    }

    [Fact]
    public void Every_count_from_1_to_1024_comes_back()
    {
        Random random = new(Seed);
        long[] walk = BlockSamples.NormalWalk(random, IntegerCodec.CountMax);
        double[] decimals = BlockSamples.TwoDecimalWalk(random, IntegerCodec.CountMax, 0.5);
        for (int count = 1; count <= IntegerCodec.CountMax; count++)
        {
            ReadOnlySpan<long> integers = walk.AsSpan(0, count);
            ReadOnlySpan<double> doubles = decimals.AsSpan(0, count);
            Assert.True(integers.SequenceEqual(DecodeIntegers(EncodeIntegers(integers), count)));
            Assert.True(HaveSameBits(doubles, DecodeDoubles(EncodeDoubles(doubles), count)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_mixtures_come_back(int seed)
    {
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int round = 0; round < 300; round++)
        {
            int count = random.Next(1, IntegerCodec.CountMax + 1);
            long[] values = RandomMixture(random, count);
            Assert.True(values.AsSpan().SequenceEqual(DecodeIntegers(EncodeIntegers(values), count)));
            Assert.True(values.AsSpan().SequenceEqual(DecodeTimestamps(EncodeTimestamps(values), count)));
            double[] doubles = BlockSamples.Make(count, i => RandomDouble(random, values[i], round));
            double[] decoded = DecodeDoubles(EncodeDoubles(doubles), count);
            Assert.True(HaveSameBits(doubles, decoded), $"round {round}");
        }
    }

    [Fact]
    public void A_source_of_another_count_is_refused()
    {
        byte[] encoded = EncodeIntegers([7, 7, 7]);
        Assert.False(IntegerCodec.TryDecode(encoded, new long[2]));
        Assert.False(IntegerCodec.TryDecode(encoded, new long[4]));
        Assert.False(TimestampCodec.TryDecode(EncodeTimestamps([7, 7, 7]), new long[4]));
        Assert.False(DoubleCodec.TryDecode(EncodeDoubles([7, 7, 7]), new double[4]));
    }

    [Fact]
    public void Encoding_and_decoding_allocate_nothing()
    {
        byte[] target = new byte[DoubleCodec.MaxEncodedSizeBytes(IntegerCodec.CountMax) + 64];
        foreach ((string _, long[] values) in BlockSamples.Integers(Seed, IntegerCodec.CountMax))
        {
            Assert.Equal(0, AllocatedBy(() =>
                IntegerCodec.TryDecode(target.AsSpan(0, IntegerCodec.Encode(values, target)), values)));
            Assert.Equal(0, AllocatedBy(() =>
                TimestampCodec.TryDecode(target.AsSpan(0, TimestampCodec.Encode(values, target)), values)));
        }

        foreach ((string _, double[] values) in BlockSamples.Doubles(Seed, IntegerCodec.CountMax))
        {
            Assert.Equal(0, AllocatedBy(() =>
                DoubleCodec.TryDecode(target.AsSpan(0, DoubleCodec.Encode(values, target)), values)));
        }
    }

    internal static byte[] EncodeIntegers(ReadOnlySpan<long> values)
    {
        byte[] target = new byte[IntegerCodec.MaxEncodedSizeBytes(values.Length)];
        return target[..IntegerCodec.Encode(values, target)];
    }

    internal static byte[] EncodeTimestamps(ReadOnlySpan<long> values)
    {
        byte[] target = new byte[TimestampCodec.MaxEncodedSizeBytes(values.Length)];
        return target[..TimestampCodec.Encode(values, target)];
    }

    internal static byte[] EncodeDoubles(ReadOnlySpan<double> values)
    {
        byte[] target = new byte[DoubleCodec.MaxEncodedSizeBytes(values.Length)];
        return target[..DoubleCodec.Encode(values, target)];
    }

    internal static long[] DecodeIntegers(byte[] encoded, int count)
    {
        long[] values = new long[count];
        Assert.True(IntegerCodec.TryDecode(encoded, values));
        return values;
    }

    internal static double[] DecodeDoubles(byte[] encoded, int count)
    {
        double[] values = new double[count];
        Assert.True(DoubleCodec.TryDecode(encoded, values));
        return values;
    }

    internal static bool HaveSameBits(ReadOnlySpan<double> left, ReadOnlySpan<double> right) =>
        MemoryMarshal.AsBytes(left).SequenceEqual(MemoryMarshal.AsBytes(right));

    private static long[] DecodeTimestamps(byte[] encoded, int count)
    {
        long[] values = new long[count];
        Assert.True(TimestampCodec.TryDecode(encoded, values));
        return values;
    }

    private static long AllocatedBy(Func<bool> action)
    {
        Assert.True(action());
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static long[] RandomMixture(Random random, int count)
    {
        int width = random.Next(0, 65);
        int outlierEvery = random.Next(2, 300);
        long slope = random.Next(3) == 0 ? random.Next(-1000, 1000) : 0;
        long state = random.NextInt64();
        bool isWalk = random.Next(2) == 0;
        return BlockSamples.Fill(count, i =>
        {
            ulong bits = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            long step = width == 0 ? 0 : (long)(bits >> (64 - width));
            state = isWalk ? unchecked(state + step) : step;
            long outlier = random.Next(outlierEvery) == 0 ? random.NextInt64() : 0;
            return unchecked(state + outlier + (slope * i));
        });
    }

    private static double RandomDouble(Random random, long value, int round) => (round % 4) switch
    {
        0 => BitConverter.Int64BitsToDouble(value),
        1 => (value % 1_000_000) / Math.Pow(10, round % 9),
        2 => random.Next(9) == 0 ? random.NextDouble() : (value % 1000) / 100.0,
        _ => BitConverter.Int32BitsToSingle((int)value),
    };
}
