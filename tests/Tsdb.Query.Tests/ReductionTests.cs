using Tsdb.Query.Operators.Aggregates;

namespace Tsdb.Query.Tests;

/// <summary>Sums and extremes of every length come to what one value after another comes to.</summary>
public sealed class ReductionTests
{
    private const int Seed = 20261122;
    private const int LengthMax = 70;

    [Fact]
    public void Integers_come_to_what_they_come_to_one_by_one()
    {
        Random random = new(Seed);
        for (int length = 0; length <= LengthMax; length++)
        {
            long[] values = new long[length];
            foreach (ref long value in values.AsSpan())
            {
                bool isWild = random.Next(4) == 0;
                value = isWild ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(-9, 9);
            }

            Int128 sum = 0;
            long min = 5;
            long max = -5;
            foreach (long value in values)
            {
                sum += value;
                min = Math.Min(min, value);
                max = Math.Max(max, value);
            }

            Assert.Equal(sum, Reductions.Sum(values));
            Assert.Equal(min, Reductions.Min(values, 5));
            Assert.Equal(max, Reductions.Max(values, -5));
        }
    }

    [Fact]
    public void Numbers_come_to_what_they_come_to_one_by_one_and_NaN_never_wins()
    {
        Random random = new(Seed);
        for (int length = 0; length <= LengthMax; length++)
        {
            double[] values = new double[length];
            foreach (ref double value in values.AsSpan())
            {
                value = random.Next(-1000, 1000) / 4.0;
            }

            // Quarters of small integers: any order of adding is exact.
            double sum = 0;
            foreach (double value in values)
            {
                sum += value;
            }

            Assert.Equal(sum, Reductions.Sum(values));
            if (length > 0)
            {
                values[random.Next(length)] = double.NaN;
            }

            double min = double.PositiveInfinity;
            double max = double.NegativeInfinity;
            foreach (double value in values)
            {
                min = value < min ? value : min;
                max = value > max ? value : max;
            }

            Assert.Equal(min, Reductions.Min(values, double.PositiveInfinity));
            Assert.Equal(max, Reductions.Max(values, double.NegativeInfinity));
        }
    }
}
