namespace Tsdb.Storage.Segments.Merging;

/// <summary>A stretch of one series' rows from one source: a segment's block, or what a memtable
/// holds.</summary>
/// <param name="FirstNs">Its earliest row.</param>
/// <param name="LastNs">Its latest row.</param>
/// <param name="Source">Age of the source: a higher one is newer.</param>
/// <param name="Blocks">The segment's blocks, or null.</param>
/// <param name="Block">Which of them.</param>
/// <param name="Rows">The memtable's rows, or null.</param>
internal readonly record struct MergeUnit(
    long FirstNs, long LastNs, int Source, SeriesBlocks? Blocks, int Block, SeriesRows? Rows);
