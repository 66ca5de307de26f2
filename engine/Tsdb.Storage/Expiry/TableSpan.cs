namespace Tsdb.Storage.Expiry;

/// <summary>Times of the first and the last row that a segment has of a table.</summary>
internal readonly record struct TableSpan(int TableId, long FirstNs, long LastNs);
