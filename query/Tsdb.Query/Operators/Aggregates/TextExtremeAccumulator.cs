using Tsdb.Core;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>min and max of texts, by code unit.</summary>
internal sealed class TextExtremeAccumulator(bool isMax) : Accumulator
{
    private int[] _ids = [];
    private IReadOnlyList<string> _texts = [];

    public override int GroupSizeBytes => sizeof(int);

    public override IReadOnlyList<string> Texts => _texts;

    public override void EnsureGroups(int count)
    {
        int known = _ids.Length;
        Grow(ref _ids, count);
        Array.Fill(_ids, -1, known, _ids.Length - known);
    }

    public override void Add(ReadOnlySpan<Run> runs, AggregateInput input)
    {
        _texts = input.Column.Texts;
        foreach (Run run in runs)
        {
            ValueFeed feed = new(input.Column, run);
            while (feed.MoveNext())
            {
                foreach (ulong word in feed.Words)
                {
                    Join(run.Group, (int)word);
                }
            }
        }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> groups)
    {
        TextExtremeAccumulator source = (TextExtremeAccumulator)other;
        _texts = _texts.Count == 0 ? source._texts : _texts;
        for (int i = 0; i < groups.Length; i++)
        {
            if (source._ids[i] >= 0)
            {
                Join(groups[i], source._ids[i]);
            }
        }
    }

    public override void Write(int group, ColumnVector target, int row)
    {
        target.Words[row] = (ulong)_ids[group];
        if (_ids[group] < 0)
        {
            target.SetNull(row);
        }
    }

    private void Join(int group, int id)
    {
        int known = _ids[group];
        int order = known < 0 || known == id ? 0 : string.CompareOrdinal(_texts[id], _texts[known]);
        if (known < 0 || (isMax ? order > 0 : order < 0))
        {
            _ids[group] = id;
        }
    }
}
