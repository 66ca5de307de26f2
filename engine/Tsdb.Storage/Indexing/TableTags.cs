using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>The series of one table, dense by ordinal, and the index from tag values to them.</summary>
/// <remarks>One writer at a time (the catalog's lock); readers take a <see cref="TagIndex"/>.</remarks>
internal sealed class TableTags
{
    private readonly PublishedList<SeriesId> _series = new();
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

    public int AddKey(string key)
    {
        _keys.Add(new TagKeyIndex(key));
        return _keys.Count - 1;
    }

    /// <param name="series">The new series.</param>
    /// <param name="valueIds">For each tag key its value's id, or -1; keys beyond the span are absent
    /// too.</param>
    public int AddSeries(SeriesId series, ReadOnlySpan<int> valueIds)
    {
        int ordinal = _series.Count;
        ReadOnlySpan<TagKeyIndex> keys = _keys.Items;
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i].AddSeries(ordinal, i < valueIds.Length ? valueIds[i] : -1);
        }

        _series.Add(series);
        return ordinal;
    }
}
