using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>
/// Variance and standard deviation: mean and squared deviations of each run, joined by the formula of Chan,
/// Golub and LeVeque (1979), so that a large mean does not swallow a small spread.
/// </summary>
internal sealed class VarianceAccumulator(AggregateKind kind) : Accumulator
{
    private long[] _counts = [];
    private double[] _means = [];
    private double[] _squares = [];

    public override int GroupSizeBytes => 24;

    public override void EnsureGroups(int count)
    {
        Grow(ref _counts, count);
        Grow(ref _means, count);
        Grow(ref _squares, count);
    }

    public override void Add(ReadOnlySpan<Run> runs, AggregateInput input)
    {
        foreach (Run run in runs)
        {
            ValueFeed feed = new(input.Column, run);
            while (feed.MoveNext())
            {
                ReadOnlySpan<double> values = MemoryMarshal.Cast<ulong, double>(feed.Words);
                double mean = Reductions.Sum(values) / values.Length;
                double squares = 0;
                foreach (double value in values)
                {
                    squares += (value - mean) * (value - mean);
                }

                Join(run.Group, values.Length, mean, squares);
            }
        }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> groups)
    {
        VarianceAccumulator source = (VarianceAccumulator)other;
        for (int i = 0; i < groups.Length; i++)
        {
            if (source._counts[i] > 0)
            {
                Join(groups[i], source._counts[i], source._means[i], source._squares[i]);
            }
        }
    }

    public override void Write(int group, ColumnVector target, int row)
    {
        bool isSample = kind is AggregateKind.StandardDeviationSample or AggregateKind.VarianceSample;
        long divisor = _counts[group] - (isSample ? 1 : 0);
        if (divisor <= 0)
        {
            target.SetNull(row);
            return;
        }

        double variance = _squares[group] / divisor;
        bool isVariance = kind is AggregateKind.VarianceSample or AggregateKind.VariancePopulation;
        target.Doubles[row] = isVariance ? variance : Math.Sqrt(variance);
    }

    private void Join(int group, long count, double mean, double squares)
    {
        long known = _counts[group];
        long total = known + count;
        double delta = mean - _means[group];
        _squares[group] += squares + (known == 0 ? 0 : delta * delta * ((double)known * count / total));
        _means[group] = known == 0 ? mean : _means[group] + (delta * count / total);
        _counts[group] = total;
    }
}
