namespace Tsdb.Simulation.Histories;

/// <summary>A table and a tag set.</summary>
internal sealed class SeriesName
{
    /// <param name="table">The table.</param>
    /// <param name="tags">Ascending by key.</param>
    public SeriesName(string table, IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        Table = table;
        Tags = tags;
        Text = TextOf(tags);
    }

    public string Table { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; }

    /// <summary>Tells the series of one table apart.</summary>
    public string Text { get; }

    public static string TextOf(IEnumerable<KeyValuePair<string, string>> tags) =>
        string.Join(';', tags.Select(static tag => $"{tag.Key}={tag.Value}"));
}
