namespace Tsdb.Storage.Catalogs;

/// <summary>Where a series is at home: its table and its ordinal there.</summary>
internal readonly record struct SeriesPlace(int TableId, int Ordinal);
