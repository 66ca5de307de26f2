using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Tests.Codecs;

/// <summary>The bulk of samples against a sort.</summary>
public sealed class SampleBulkTests
{
    [Theory]
    [InlineData(1, 32)]
    [InlineData(2, 33)]
    [InlineData(3, 100)]
    [InlineData(4, 1024)]
    public void The_bulk_lies_between_the_third_least_and_the_third_greatest_sample(int seed, int count)
    {
        Random random = new(seed);
        long[] values = new long[count];
        for (int round = 0; round < 200; round++)
        {
            Fill(random, values, round % 4);
            long[] samples = new long[SampleBulk.SampleCount];
            for (int i = 0; i < samples.Length; i++)
            {
                samples[i] = values[i * count / SampleBulk.SampleCount];
            }

            Array.Sort(samples);
            SampleBulk bulk = SampleBulk.Of(values);
            Assert.Equal(samples[2], bulk.Low);
            Assert.Equal(unchecked((ulong)(samples[^3] - samples[2])), bulk.Spread);
        }
    }

    private static void Fill(Random random, long[] values, int kind)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = kind switch
            {
                0 => random.NextInt64(long.MinValue, long.MaxValue),
                1 => random.Next(3),
                2 => random.Next(2) == 0 ? long.MinValue : long.MaxValue,
                _ => i,
            };
        }
    }
}
