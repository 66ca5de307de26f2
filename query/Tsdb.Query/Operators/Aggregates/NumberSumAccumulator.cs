using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Query.Planning;
using Tsdb.Storage;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>sum and avg of binary64 numbers: partial sums per run, joined with Neumaier's
/// compensation.</summary>
internal sealed class NumberSumAccumulator(AggregateKind kind) : Accumulator
{
    private double[] _sums = [];
    private double[] _compensations = [];
    private long[] _counts = [];

    public override int GroupSizeBytes => 24;

    public override void EnsureGroups(int count)
    {
        Grow(ref _sums, count);
        Grow(ref _compensations, count);
        Grow(ref _counts, count);
    }

    public override void Add(ReadOnlySpan<Run> runs, AggregateInput input)
    {
        foreach (Run run in runs)
        {
            ValueFeed feed = new(input.Column, run);
            while (feed.MoveNext())
            {
                Join(run.Group, Reductions.Sum(MemoryMarshal.Cast<ulong, double>(feed.Words)));
                _counts[run.Group] += feed.Words.Length;
            }
        }
    }

    public override bool TryAdd(int group, int rowCount, in ColumnStatistics statistics)
    {
        Join(group, statistics.PresentCount == 0 ? 0 : statistics.Sum);
        _counts[group] += statistics.PresentCount;
        return true;
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> groups)
    {
        NumberSumAccumulator source = (NumberSumAccumulator)other;
        for (int i = 0; i < groups.Length; i++)
        {
            Join(groups[i], source._sums[i]);
            _compensations[groups[i]] += source._compensations[i];
            _counts[groups[i]] += source._counts[i];
        }
    }

    public override void Write(int group, ColumnVector target, int row)
    {
        if (_counts[group] == 0)
        {
            target.SetNull(row);
            return;
        }

        // An infinite sum has a compensation that is no number.
        double sum = double.IsFinite(_sums[group]) ? _sums[group] + _compensations[group] : _sums[group];
        target.Doubles[row] = kind == AggregateKind.Average ? sum / _counts[group] : sum;
    }

    private void Join(int group, double value)
    {
        double sum = _sums[group];
        double joined = sum + value;
        _compensations[group] += Math.Abs(sum) >= Math.Abs(value)
            ? sum - joined + value
            : value - joined + sum;
        _sums[group] = joined;
    }
}
