using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>min and max of binary64 numbers; NaN is passed over.</summary>
internal sealed class NumberExtremeAccumulator(bool isMax) : Accumulator
{
    private readonly double _start = isMax ? double.NegativeInfinity : double.PositiveInfinity;
    private double[] _values = [];
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
                ReadOnlySpan<double> values = MemoryMarshal.Cast<ulong, double>(feed.Words);
                double value = _values[run.Group];
                _values[run.Group] = isMax ? Reductions.Max(values, value) : Reductions.Min(values, value);
                _isSet[run.Group] = true;
            }
        }
    }

    public override bool TryAdd(int group, int rowCount, in ColumnStatistics statistics)
    {
        if (statistics.PresentCount > 0)
        {
            Join(group, BitConverter.UInt64BitsToDouble(isMax ? statistics.Max : statistics.Min));
        }

        return true;
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> groups)
    {
        NumberExtremeAccumulator source = (NumberExtremeAccumulator)other;
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
        target.Doubles[row] = _values[group];
        if (!_isSet[group])
        {
            target.SetNull(row);
        }
    }

    private void Join(int group, double value)
    {
        bool isBetter = isMax ? value > _values[group] : value < _values[group];
        _values[group] = isBetter ? value : _values[group];
        _isSet[group] = true;
    }
}
