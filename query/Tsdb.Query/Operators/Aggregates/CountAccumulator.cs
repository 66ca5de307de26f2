using System.Numerics;
using Tsdb.Core;
using Tsdb.Storage;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>count(*) and count(x).</summary>
internal sealed class CountAccumulator(bool countsRows) : Accumulator
{
    private long[] _counts = [];

    public override int GroupSizeBytes => sizeof(long);

    public override void EnsureGroups(int count) => Grow(ref _counts, count);

    public override void Add(ReadOnlySpan<Run> runs, AggregateInput input)
    {
        foreach (Run run in runs)
        {
            if (countsRows || (!input.Column.IsAllNull && input.Column.Validity.IsEmpty))
            {
                _counts[run.Group] += run.Count;
            }
            else if (!input.Column.IsAllNull)
            {
                _counts[run.Group] += CountBits(input.Column.Validity, run.Start, run.Count);
            }
        }
    }

    public override bool TryAdd(int group, int rowCount, in ColumnStatistics statistics)
    {
        _counts[group] += countsRows ? rowCount : statistics.PresentCount;
        return true;
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> groups)
    {
        CountAccumulator source = (CountAccumulator)other;
        for (int i = 0; i < groups.Length; i++)
        {
            _counts[groups[i]] += source._counts[i];
        }
    }

    public override void Write(int group, ColumnVector target, int row) => target.Longs[row] = _counts[group];

    private static int CountBits(ReadOnlySpan<ulong> bits, int start, int count)
    {
        int total = 0;
        int end = start + count;
        for (int i = start; i < end;)
        {
            int offset = i & 63;
            int taken = Math.Min(64 - offset, end - i);
            ulong mask = taken == 64 ? ulong.MaxValue : ((1UL << taken) - 1) << offset;
            total += BitOperations.PopCount(bits[i >> 6] & mask);
            i += taken;
        }

        return total;
    }
}
