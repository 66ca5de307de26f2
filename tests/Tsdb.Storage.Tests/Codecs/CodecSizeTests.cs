using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Tests.Codecs;

/// <summary>
/// Bytes per value on the kinds of data that the design sets targets for, headers included.
/// </summary>
public sealed class CodecSizeTests(ITestOutputHelper output)
{
    private const int Seed = 1;
    private const int BlockCount = 20;

    [Fact]
    public void Clamped_normal_walks_take_at_most_0_40_bytes() =>
        CheckIntegers(648, 0.40, random => BlockSamples.NormalWalk(random, 648));

    [Fact]
    public void Walks_of_single_steps_take_at_most_0_28_bytes() =>
        CheckIntegers(1024, 0.28, random => BlockSamples.Walk(1024, () => random.Next(-1, 2)));

    [Fact]
    public void Uniform_integers_to_100_take_at_most_0_90_bytes() =>
        CheckIntegers(1024, 0.90, random => BlockSamples.Fill(1024, _ => random.Next(101)));

    [Fact]
    public void Constants_take_a_header_only() =>
        CheckIntegers(1024, 0.006, _ => BlockSamples.Fill(1024, _ => 100));

    [Fact]
    public void Two_decimal_walks_with_steps_of_0_25_take_at_most_0_93_bytes() =>
        CheckDoubles(0.93, random => BlockSamples.TwoDecimalWalk(random, 1024, 0.25));

    [Fact]
    public void Two_decimal_walks_with_steps_of_0_5_take_at_most_1_04_bytes() =>
        CheckDoubles(1.04, random => BlockSamples.TwoDecimalWalk(random, 1024, 0.5));

    [Fact]
    public void Widened_floats_take_at_most_2_4_bytes()
    {
        CheckDoubles(2.4, random =>
        {
            double state = 20;
            return BlockSamples.Make(1024, _ => (float)(state += BlockSamples.Normal(random) * 0.05));
        });
    }

    [Fact]
    public void Noisy_full_precision_takes_at_most_6_8_bytes() =>
        CheckDoubles(6.8, random => BlockSamples.NoisySine(random, 1024));

    [Fact]
    public void Slow_sensors_take_at_most_0_17_bytes()
    {
        CheckDoubles(0.17, random =>
        {
            long state = 200;
            return BlockSamples.Make(1024, _ =>
            {
                state += random.Next(8) == 0 ? (random.Next(2) * 2) - 1 : 0;
                return state / 10.0;
            });
        });
    }

    [Fact]
    public void An_exact_period_takes_at_most_24_bytes_a_block()
    {
        long[] values = BlockSamples.Fill(1024, i => 1_700_000_000_123_456_789 + (10_000_000_000L * i));
        Assert.InRange(NumberCodecTests.EncodeTimestamps(values).Length, 1, 24);
    }

    [Fact]
    public void A_second_with_20_ms_of_jitter_takes_at_most_0_78_bytes() =>
        CheckTimestamps(0.78, (random, i) => (1000L * i) + random.Next(-20, 21));

    [Fact]
    public void A_second_with_normal_jitter_of_2_ms_takes_at_most_0_70_bytes() =>
        CheckTimestamps(0.70, (random, i) => (1000L * i) + (long)Math.Round(2 * BlockSamples.Normal(random)));

    private void CheckTimestamps(double bytesMax, Func<Random, int, long> makeMs)
    {
        Random random = new(Seed);
        long size = 0;
        for (int block = 0; block < BlockCount; block++)
        {
            long[] values = BlockSamples.Fill(1024, i => (1_700_000_000_000 + makeMs(random, i)) * 1_000_000);
            size += NumberCodecTests.EncodeTimestamps(values).Length;
        }

        Check(size, 1024, bytesMax);
    }

    private void CheckIntegers(int count, double bytesMax, Func<Random, long[]> make)
    {
        Random random = new(Seed);
        long size = 0;
        for (int block = 0; block < BlockCount; block++)
        {
            size += NumberCodecTests.EncodeIntegers(make(random)).Length;
        }

        Check(size, count, bytesMax);
    }

    private void CheckDoubles(double bytesMax, Func<Random, double[]> make)
    {
        Random random = new(Seed);
        long size = 0;
        for (int block = 0; block < BlockCount; block++)
        {
            size += NumberCodecTests.EncodeDoubles(make(random)).Length;
        }

        Check(size, IntegerCodec.CountMax, bytesMax);
    }

    private void Check(long sizeBytes, int count, double bytesMax)
    {
        double bytesPerValue = (double)sizeBytes / (BlockCount * count);
        output.WriteLine($"seed {Seed}: {bytesPerValue:F4} bytes per value, at most {bytesMax}");
        Assert.InRange(bytesPerValue, 0, bytesMax);
    }
}
