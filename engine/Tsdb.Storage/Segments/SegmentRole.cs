namespace Tsdb.Storage.Segments;

/// <summary>What a segment holds within its window. The numbers are part of the file format.</summary>
internal enum SegmentRole : byte
{
    /// <summary>Rows in time order; on-time segments of one series never overlap.</summary>
    OnTime = 0,

    /// <summary>
    /// Rows older than what was flushed before them; merged over the on-time ones when read.
    /// </summary>
    Late = 1,

    /// <summary>Superseded versions of rows, kept for history; timestamps may repeat.</summary>
    History = 2,

    /// <summary>Aggregates of a table's buckets, a row each; the columns are those of a tier. Never read as
    /// rows of the table.</summary>
    Rollup = 3,
}
