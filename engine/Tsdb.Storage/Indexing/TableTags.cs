using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>The series of one table, dense by ordinal, and the index from tag values to them.</summary>
/// <remarks>One writer at a time (the catalog's lock); readers take a <see cref="TagIndex"/>.</remarks>
internal sealed class TableTags(NativeHeap memory, TextHeap texts)
{
    private readonly NativeList<uint> _series = new(memory);
    private readonly PublishedList<TagKeyIndex> _keys = new();

    public int SeriesCount => _series.Count;

    public ReadOnlySpan<TagKeyIndex> Keys => _keys.Items;

    public TagIndex OpenView() => new(_series, _keys, _series.Count, _keys.Count);

    public int FindKey(string key)
    {
        ReadOnlySpan<TagKeyIndex> keys = _keys.Items;
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i].Key == key)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The index of a tag key, or -1.</summary>
    /// <param name="key">In UTF-8.</param>
    /// <param name="expected">Where to look first.</param>
    public int FindKey(ReadOnlySpan<byte> key, int expected)
    {
        ReadOnlySpan<TagKeyIndex> keys = _keys.Items;
        if ((uint)expected < (uint)keys.Length && keys[expected].KeyText.SequenceEqual(key))
        {
            return expected;
        }

        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i].KeyText.SequenceEqual(key))
            {
                return i;
            }
        }

        return -1;
    }

    public int AddKey(string key)
    {
        _keys.Add(new TagKeyIndex(key, memory, texts));
        return _keys.Count - 1;
    }

    /// <param name="series">The new series.</param>
    /// <param name="valueIds">For each tag key its value's id, or -1; keys beyond the span are absent
    /// too.</param>
    public int AddSeries(SeriesId series, ReadOnlySpan<int> valueIds)
    {
        int ordinal = _series.Count;
        ReadOnlySpan<TagKeyIndex> keys = _keys.Items;
        for (int i = 0; i < valueIds.Length; i++)
        {
            if (valueIds[i] >= 0)
            {
                keys[i].AddSeries(ordinal, valueIds[i]);
            }
        }

        // The count last: who sees the series sees its tags.
        _series.Add(series.Value);
        return ordinal;
    }

    /// <summary>Whether the series at an ordinal has exactly these values.</summary>
    public bool HasTags(int ordinal, ReadOnlySpan<int> valueIds)
    {
        ReadOnlySpan<TagKeyIndex> keys = _keys.Items;
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i].Series[ordinal] != (i < valueIds.Length ? valueIds[i] : -1))
            {
                return false;
            }
        }

        return true;
    }
}
