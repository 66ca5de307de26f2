namespace Tsdb.Storage.Segments.Merging;

/// <summary>One row of one of the runs that are merged.</summary>
internal readonly record struct MergeRow(int Run, int Row);
