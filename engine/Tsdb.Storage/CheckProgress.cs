namespace Tsdb.Storage;

/// <summary>How far <see cref="StorageCheck"/> has come.</summary>
/// <param name="SegmentCount">Segments that are dealt with.</param>
/// <param name="SegmentCountMax">All of them.</param>
/// <param name="SizeBytes">Bytes of those that are dealt with.</param>
/// <param name="SizeBytesMax">Bytes of all.</param>
public readonly record struct CheckProgress(
    int SegmentCount, int SegmentCountMax, long SizeBytes, long SizeBytesMax);
