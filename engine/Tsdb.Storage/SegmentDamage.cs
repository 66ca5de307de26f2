using Tsdb.Core;
using Tsdb.Storage.Flushing;

namespace Tsdb.Storage;

/// <summary>A part of a segment that cannot be read, and what is lost with it. Everything else in the file is
/// read as before.</summary>
/// <param name="SegmentNumber">The segment.</param>
/// <param name="OffsetBytes">First byte of the damaged part.</param>
/// <param name="TableId">Whose rows it holds; null when that is not known.</param>
/// <param name="Series">Whose rows of the table; null when they are of several or it is not known.</param>
/// <param name="FirstTimestampNs">The earliest row that it may hold.</param>
/// <param name="LastTimestampNs">The latest.</param>
/// <param name="RowCount">Rows that are concerned; 0 when that is not known.</param>
/// <param name="Found">When it was found.</param>
/// <param name="Message">What is wrong, with file, offset and checksums.</param>
public sealed record SegmentDamage(
    long SegmentNumber,
    long OffsetBytes,
    int? TableId,
    SeriesId? Series,
    long FirstTimestampNs,
    long LastTimestampNs,
    long RowCount,
    Timestamp Found,
    string Message)
{
    /// <summary>The segment's file, relative to the database's directory.</summary>
    public string Path => SegmentNames.PathOf(SegmentNumber);
}
