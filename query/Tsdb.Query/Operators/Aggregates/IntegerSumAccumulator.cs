using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Query.Planning;
using Tsdb.Storage;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>sum and avg of integers and durations: exact in 128 bits until the outcome is written.</summary>
internal sealed class IntegerSumAccumulator(Aggregate aggregate) : Accumulator
{
    private Int128[] _sums = [];
    private long[] _counts = [];

    public override int GroupSizeBytes => 24;

    public override void EnsureGroups(int count)
    {
        Grow(ref _sums, count);
        Grow(ref _counts, count);
    }

    public override void Add(ReadOnlySpan<Run> runs, AggregateInput input)
    {
        foreach (Run run in runs)
        {
            ValueFeed feed = new(input.Column, run);
            while (feed.MoveNext())
            {
                _sums[run.Group] += Reductions.Sum(MemoryMarshal.Cast<ulong, long>(feed.Words));
                _counts[run.Group] += feed.Words.Length;
            }
        }
    }

    public override bool TryAdd(int group, int rowCount, in ColumnStatistics statistics)
    {
        _sums[group] += statistics.PresentCount == 0 ? 0 : statistics.IntegerSum;
        _counts[group] += statistics.PresentCount;
        return true;
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> groups)
    {
        IntegerSumAccumulator source = (IntegerSumAccumulator)other;
        for (int i = 0; i < groups.Length; i++)
        {
            _sums[groups[i]] += source._sums[i];
            _counts[groups[i]] += source._counts[i];
        }
    }

    public override void Write(int group, ColumnVector target, int row)
    {
        if (_counts[group] == 0)
        {
            target.SetNull(row);
        }
        else if (aggregate.Kind == AggregateKind.Average)
        {
            WriteAverage(group, target, row);
        }
        else if (_sums[group] < long.MinValue || _sums[group] > long.MaxValue)
        {
            throw aggregate.Site.Error(
                "sum(): the result is out of the range of a 64-bit integer", "sum(CAST(x AS double))");
        }
        else
        {
            target.Longs[row] = (long)_sums[group];
        }
    }

    private void WriteAverage(int group, ColumnVector target, int row)
    {
        if (aggregate.Type == ResultType.Float64)
        {
            target.Doubles[row] = (double)_sums[group] / _counts[group];
        }
        else
        {
            target.Longs[row] = (long)(_sums[group] / _counts[group]);
        }
    }
}
