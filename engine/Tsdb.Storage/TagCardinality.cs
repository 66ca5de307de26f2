namespace Tsdb.Storage;

/// <summary>What one tag key of one table adds to the number of series.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="TagKey">The tag key; null for a table without tags.</param>
/// <param name="ValueCount">Its distinct values.</param>
/// <param name="SeriesCount">Series that carry the key.</param>
/// <param name="NewValueCount">Values that came within the last hour, since the start at most.</param>
/// <param name="NewSeriesCount">Series of the table that came within the last hour, likewise.</param>
public sealed record TagCardinality(
    string Table, string? TagKey, int ValueCount, int SeriesCount, int NewValueCount, int NewSeriesCount);
