using Tsdb.Core;
using Tsdb.Storage;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>quality(x) of a group: the worst of the values that aggregates count; BAD when there are only bad
/// ones.</summary>
internal sealed class QualityAccumulator : Accumulator
{
    private const byte HasBad = 1;
    private const byte HasUncertain = 2;
    private const byte HasGood = 4;

    private byte[] _seen = [];

    public override int GroupSizeBytes => 1;

    public override void EnsureGroups(int count) => Grow(ref _seen, count);

    public override void Add(ReadOnlySpan<Run> runs, AggregateInput input)
    {
        foreach (Run run in runs)
        {
            ValueFeed feed = new(input.Column, run);
            while (feed.MoveNext())
            {
                foreach (ulong word in feed.Words)
                {
                    _seen[run.Group] |= (byte)(1 << (int)word);
                }
            }
        }
    }

    public override bool TryAdd(int group, int rowCount, in ColumnStatistics statistics)
    {
        // Statistics are only given where every value is good.
        _seen[group] |= statistics.PresentCount > 0 ? HasGood : (byte)0;
        return true;
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> groups)
    {
        QualityAccumulator source = (QualityAccumulator)other;
        for (int i = 0; i < groups.Length; i++)
        {
            _seen[groups[i]] |= source._seen[i];
        }
    }

    public override void Write(int group, ColumnVector target, int row)
    {
        byte seen = _seen[group];
        target.Words[row] = (ulong)((seen & HasUncertain) != 0 ? Quality.Uncertain
            : (seen & HasGood) != 0 ? Quality.Good
            : Quality.Bad);
        if ((seen & (HasBad | HasUncertain | HasGood)) == 0)
        {
            target.SetNull(row);
        }
    }
}
