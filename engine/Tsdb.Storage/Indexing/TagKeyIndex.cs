namespace Tsdb.Storage.Indexing;

/// <summary>
/// One tag key of one table: its distinct values as dense ids, the series that carry each, and each series'
/// value.
/// </summary>
/// <remarks>One writer at a time (the catalog's lock); readers need no lock.</remarks>
internal sealed class TagKeyIndex(string key)
{
    private readonly Dictionary<string, int> _idByValue = [];
    private readonly Lock _lookupLock = new();
    private readonly PublishedList<string> _values = new();
    private readonly PublishedList<PublishedList<int>> _seriesByValue = new();
    private readonly PublishedList<int> _valueBySeries = new();

    public string Key { get; } = key;

    public ReadOnlySpan<string> Values => _values.Items;

    public int FindValue(string value)
    {
        lock (_lookupLock)
        {
            return _idByValue.TryGetValue(value, out int id) ? id : -1;
        }
    }

    public int AddValue(string value)
    {
        lock (_lookupLock)
        {
            int id = _values.Count;
            _idByValue.Add(value, id);
            _seriesByValue.Add(new PublishedList<int>());
            _values.Add(value);
            return id;
        }
    }

    /// <summary>Notes the next series' value, or -1 when it lacks this tag. Ordinals come in ascending
    /// order.</summary>
    public void AddSeries(int ordinal, int valueId)
    {
        // A key that is younger than the table's first series starts with absences.
        while (_valueBySeries.Count < ordinal)
        {
            _valueBySeries.Add(-1);
        }

        _valueBySeries.Add(valueId);
        if (valueId >= 0)
        {
            _seriesByValue[valueId].Add(ordinal);
        }
    }

    public int GetValueId(int ordinal)
    {
        ReadOnlySpan<int> values = _valueBySeries.Items;
        return ordinal < values.Length ? values[ordinal] : -1;
    }

    public ReadOnlySpan<int> GetSeriesWith(int valueId, int seriesCount)
    {
        ReadOnlySpan<int> ordinals = _seriesByValue[valueId].Items;
        int end = ordinals.Length;
        while (end > 0 && ordinals[end - 1] >= seriesCount)
        {
            end--;
        }

        return ordinals[..end];
    }
}
