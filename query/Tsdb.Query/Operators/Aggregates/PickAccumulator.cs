using Tsdb.Core;
using Tsdb.Query.Scan;
using Tsdb.Storage;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>
/// first and last: the value at the least or greatest time. Of several at one time the least word wins, so
/// that the outcome does not depend on the order in which series are read.
/// </summary>
internal sealed class PickAccumulator(bool isLast) : Accumulator
{
    private long[] _timestampsNs = [];
    private ulong[] _words = [];
    private bool[] _isSet = [];
    private IReadOnlyList<string> _texts = [];

    public override bool ReadsTime => true;

    public override int GroupSizeBytes => 17;

    public override IReadOnlyList<string> Texts => _texts;

    public override void EnsureGroups(int count)
    {
        Grow(ref _timestampsNs, count);
        Grow(ref _words, count);
        Grow(ref _isSet, count);
    }

    public override void Add(ReadOnlySpan<Run> runs, AggregateInput input)
    {
        _texts = input.Column.Texts;
        foreach (Run run in runs)
        {
            int row = Find(input.Column, run);
            if (row >= 0)
            {
                Join(run.Group, input.TimestampsNs[row], input.Column.Words[row]);
            }
        }
    }

    public override bool TryAdd(int group, int rowCount, in ColumnStatistics statistics)
    {
        if (statistics.PresentCount > 0 && isLast)
        {
            Join(group, statistics.LastTimestampNs, statistics.Last);
        }
        else if (statistics.PresentCount > 0)
        {
            Join(group, statistics.FirstTimestampNs, statistics.First);
        }

        return true;
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> groups)
    {
        PickAccumulator source = (PickAccumulator)other;
        for (int i = 0; i < groups.Length; i++)
        {
            if (source._isSet[i])
            {
                Join(groups[i], source._timestampsNs[i], source._words[i]);
            }
        }
    }

    public override void Write(int group, ColumnVector target, int row)
    {
        target.Words[row] = _words[group];
        if (!_isSet[group])
        {
            target.SetNull(row);
        }
    }

    // Rows of a block ascend in time.
    private int Find(WordColumn column, Run run)
    {
        if (column.IsAllNull)
        {
            return -1;
        }

        int end = run.Start + run.Count;
        int row = isLast ? end - 1 : run.Start;
        while (row >= run.Start && row < end)
        {
            if (column.IsValid(row))
            {
                return row;
            }

            row += isLast ? -1 : 1;
        }

        return -1;
    }

    private void Join(int group, long timestampNs, ulong word)
    {
        long known = _timestampsNs[group];
        bool isBetter = !_isSet[group]
            || (isLast ? timestampNs > known : timestampNs < known)
            || (timestampNs == known && word < _words[group]);
        if (isBetter)
        {
            _timestampsNs[group] = timestampNs;
            _words[group] = word;
            _isSet[group] = true;
        }
    }
}
