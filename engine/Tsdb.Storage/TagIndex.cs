using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Indexing;

namespace Tsdb.Storage;

/// <summary>
/// The series of one table as dense ordinals 0 … <see cref="SeriesCount"/> − 1 and their tags, as they stood
/// at one moment. Immutable and thread safe.
/// </summary>
public sealed class TagIndex
{
    private readonly NativeList<uint> _series;
    private readonly PublishedList<TagKeyIndex> _keys;

    internal TagIndex(
        NativeList<uint> series, PublishedList<TagKeyIndex> keys, int seriesCount, int tagKeyCount)
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
    public SeriesId GetSeries(int ordinal) => new(_series[ordinal]);

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
    public int GetValueCount(int key) => _keys[key].Values.Count;

    /// <summary>The value with an id. Makes a new string each time.</summary>
    public string GetValue(int key, int valueId) => Encoding.UTF8.GetString(GetValueText(key, valueId));

    /// <summary>The value with an id, in UTF-8. Good as long as this index is referred to.</summary>
    public ReadOnlySpan<byte> GetValueText(int key, int valueId) => _keys[key].Values[valueId];

    /// <summary>The id of a value, or -1. O(1).</summary>
    public int FindValue(int key, string value) => FindValue(key, Encoding.UTF8.GetBytes(value));

    /// <summary>The id of a value, given in UTF-8, or -1. O(1).</summary>
    public int FindValue(int key, ReadOnlySpan<byte> value) => _keys[key].Values.Find(value);

    /// <summary>The id of a series' value for a tag key, or -1 when it lacks the tag.</summary>
    public int GetValueId(int key, int ordinal) => _keys[key].Series[ordinal];

    /// <summary>The ordinals of the series that carry a value, ascending.</summary>
    public ReadOnlySpan<int> GetSeriesWith(int key, int valueId) => FindSeries(key, valueId).ToArray();

    /// <summary>
    /// The series that carry a value. O(series / 16 000) where the key's values are many and each series
    /// has one of its own, O(series / 64) at worst.
    /// </summary>
    public SeriesSet FindSeries(int key, int valueId) => _keys[key].FindSeries(valueId, SeriesCount);

    /// <summary>The series that carry one of some values. O(series).</summary>
    /// <param name="key">The tag key's index.</param>
    /// <param name="values">A bit for each value id; ids beyond are not in the set.</param>
    public SeriesSet FindSeriesWithAny(int key, ulong[] values) =>
        _keys[key].FindSeriesWithAny(values, SeriesCount);

    /// <summary>The series that lack a tag key. O(series).</summary>
    public SeriesSet FindSeriesWithout(int key) =>
        SeriesSet.All(SeriesCount).AndNot(_keys[key].FindSeriesWithKey(SeriesCount));
}
