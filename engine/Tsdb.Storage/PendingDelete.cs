using Tsdb.Core;

namespace Tsdb.Storage;

/// <summary>A delete whose rows are not shown any more, but may still be in files.</summary>
/// <param name="TableId">The table.</param>
/// <param name="Range">The rows' times.</param>
/// <param name="SeriesCount">Series it names; null for all of the table.</param>
/// <param name="Created">When it was acknowledged.</param>
/// <param name="Deadline">From when on segments are written anew for its sake.</param>
/// <param name="SegmentSizeBytes">Size of the segments in which its rows may be.</param>
public sealed record PendingDelete(
    int TableId,
    TimeRange Range,
    int? SeriesCount,
    Timestamp Created,
    Timestamp Deadline,
    long SegmentSizeBytes);
