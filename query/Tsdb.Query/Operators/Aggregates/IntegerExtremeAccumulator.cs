using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>min and max of what orders as a 64-bit integer: integers, instants, durations, truth values,
/// quality.</summary>
internal sealed class IntegerExtremeAccumulator(bool isMax) : Accumulator
{
    private readonly long _start = isMax ? long.MinValue : long.MaxValue;
    private long[] _values = [];
    private bool[] _isSet = [];

    public override int GroupSizeBytes => 9;

    public override void EnsureGroups(int count)
    {
        int known = _values.Length;
        Grow(ref _values, count);
        Grow(ref _isSet, count);
        Array.Fill(_values, _start, known, _values.Length - known);
    }

    public override void Add(ReadOnlySpan<Run> runs, AggregateInput input)
    {
        foreach (Run run in runs)
        {
            ValueFeed feed = new(input.Column, run);
            while (feed.MoveNext())
            {
                ReadOnlySpan<long> values = MemoryMarshal.Cast<ulong, long>(feed.Words);
                long value = _values[run.Group];
                _values[run.Group] = isMax ? Reductions.Max(values, value) : Reductions.Min(values, value);
                _isSet[run.Group] = true;
            }
        }
    }

    public override bool TryAdd(int group, int rowCount, in ColumnStatistics statistics)
    {
        if (statistics.PresentCount > 0)
        {
            Join(group, (long)(isMax ? statistics.Max : statistics.Min));
        }

        return true;
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> groups)
    {
        IntegerExtremeAccumulator source = (IntegerExtremeAccumulator)other;
        for (int i = 0; i < groups.Length; i++)
        {
            if (source._isSet[i])
            {
                Join(groups[i], source._values[i]);
            }
        }
    }

    public override void Write(int group, ColumnVector target, int row)
    {
        target.Longs[row] = _values[group];
        if (!_isSet[group])
        {
            target.SetNull(row);
        }
    }

    private void Join(int group, long value)
    {
        _values[group] = isMax ? Math.Max(_values[group], value) : Math.Min(_values[group], value);
        _isSet[group] = true;
    }
}
