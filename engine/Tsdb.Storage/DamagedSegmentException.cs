namespace Tsdb.Storage;

/// <summary>A query needs rows of a segment that is damaged and set aside.</summary>
/// <param name="segment">The segment.</param>
public sealed class DamagedSegmentException(DamagedSegment segment)
    : IOException($"{segment.Path} is damaged and set aside: {segment.Cause.Message}", segment.Cause)
{
    /// <summary>The segment.</summary>
    public DamagedSegment Segment { get; } = segment;
}
