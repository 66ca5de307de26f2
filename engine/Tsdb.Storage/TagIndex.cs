using Tsdb.Core;
using Tsdb.Storage.Indexing;

namespace Tsdb.Storage;

/// <summary>
/// The series of one table as dense ordinals 0 … <see cref="SeriesCount"/> − 1 and their tags, as they stood
/// at one
/// moment. Immutable and thread safe.
/// </summary>
public sealed class TagIndex
{
    private readonly PublishedList<SeriesId> _series;
    private readonly PublishedList<TagKeyIndex> _keys;

    internal TagIndex(
        PublishedList<SeriesId> series, PublishedList<TagKeyIndex> keys, int seriesCount, int tagKeyCount)
    {
        _series = series;
        _keys = keys;
        SeriesCount = seriesCount;
        TagKeyCount = tagKeyCount;
    }

    /// <summary>Number of series.</summary>
    public int SeriesCount { get; }

    /// <summary>Number of tag keys.</summary>
    public int TagKeyCount { get; }

    /// <summary>The id of the series at an ordinal.</summary>
    public SeriesId GetSeries(int ordinal) => _series[ordinal];

    /// <summary>The tag key at an index.</summary>
    public string GetTagKey(int key) => _keys[key].Key;

    /// <summary>The index of a tag key, or -1.</summary>
    public int FindTagKey(string key)
    {
        for (int i = 0; i < TagKeyCount; i++)
        {
            if (_keys[i].Key == key)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Number of distinct values of a tag key; ids are below it. May count values of later series
    /// too.</summary>
    public int GetValueCount(int key) => _keys[key].Values.Length;

    /// <summary>All distinct values of a tag key, by id.</summary>
    public ReadOnlySpan<string> GetValues(int key) => _keys[key].Values;

    /// <summary>The value with an id.</summary>
    public string GetValue(int key, int valueId) => _keys[key].Values[valueId];

    /// <summary>The id of a value, or -1. O(1).</summary>
    public int FindValue(int key, string value) => _keys[key].FindValue(value);

    /// <summary>The id of a series' value for a tag key, or -1 when it lacks the tag.</summary>
    public int GetValueId(int key, int ordinal) => _keys[key].GetValueId(ordinal);

    /// <summary>The ordinals of the series that carry a value, ascending.</summary>
    public ReadOnlySpan<int> GetSeriesWith(int key, int valueId) =>
        _keys[key].GetSeriesWith(valueId, SeriesCount);
}
