namespace Tsdb.Client;

/// <summary>What a table consists of.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TagKeys">Its tags.</param>
/// <param name="Columns">Its fields and their types: float64, int64, bool, string or timestamp.</param>
/// <param name="SeriesCount">Distinct tag sets.</param>
public sealed record TsdbTable(
    string Name,
    IReadOnlyList<string> TagKeys,
    IReadOnlyList<KeyValuePair<string, string>> Columns,
    long SeriesCount);
