using Tsdb.Core;
using Tsdb.Query.Planning;
using Tsdb.Storage;

namespace Tsdb.Query.Scan;

/// <summary>The tags that a plan's slots read, found once in the index: what all workers of a query
/// share.</summary>
internal sealed class TagColumns
{
    private readonly int[] _keys;
    private readonly TagTexts?[] _texts;

    /// <param name="index">The table's tags.</param>
    /// <param name="slots">The plan's.</param>
    /// <param name="context">Pays for the strings that are made; null where no query runs.</param>
    public TagColumns(TagIndex index, IReadOnlyList<InputSlot> slots, QueryContext? context = null)
    {
        Index = index;
        _keys = new int[slots.Count];
        _texts = new TagTexts?[slots.Count];
        for (int i = 0; i < _keys.Length; i++)
        {
            _keys[i] = slots[i].Kind == InputKind.Tag ? index.FindTagKey(slots[i].Name) : -1;
            _texts[i] = _keys[i] >= 0 ? new TagTexts(index, _keys[i], context) : null;
        }
    }

    public TagIndex Index { get; }

    /// <summary>The value id of a series' tag, or -1.</summary>
    public int GetValueId(int slot, int ordinal) =>
        _keys[slot] < 0 ? -1 : Index.GetValueId(_keys[slot], ordinal);

    public IReadOnlyList<string> GetTexts(int slot) => _texts[slot] is { } texts ? texts : [];

    /// <summary>The series with a tag value.</summary>
    public SeriesSet FindSeries(int slot, string value)
    {
        int id = _keys[slot] < 0 ? -1 : Index.FindValue(_keys[slot], value);
        return id < 0 ? SeriesSet.Empty : Index.FindSeries(_keys[slot], id);
    }

    /// <summary>The series with one of some values, and those without the tag if they are wanted.</summary>
    public SeriesSet FindSeries(int slot, ulong[] values, bool withAbsent)
    {
        if (_keys[slot] < 0)
        {
            return withAbsent ? SeriesSet.All(Index.SeriesCount) : SeriesSet.Empty;
        }

        SeriesSet found = Index.FindSeriesWithAny(_keys[slot], values);
        return withAbsent ? found.Or(Index.FindSeriesWithout(_keys[slot])) : found;
    }

    /// <summary>Fills a tag's column for some series, a row each.</summary>
    public void Fill(int slot, ReadOnlySpan<int> ordinals, ColumnVector target)
    {
        target.EnsureCapacity(ordinals.Length);
        target.Texts = GetTexts(slot);
        target.ClearNulls();
        for (int i = 0; i < ordinals.Length; i++)
        {
            int id = GetValueId(slot, ordinals[i]);
            target.Words[i] = (ulong)id;
            if (id < 0)
            {
                target.SetNull(i);
            }
        }
    }
}
