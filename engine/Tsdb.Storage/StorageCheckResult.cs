namespace Tsdb.Storage;

/// <summary>What <see cref="StorageCheck"/> read.</summary>
/// <param name="SegmentCount">Segment files.</param>
/// <param name="ChunkCount">Chunks in them, each with a checksum of its own.</param>
/// <param name="FrameCount">Frames of the log that are not in segments yet.</param>
/// <param name="DamageCount">Damages found; 0 when all is well.</param>
public sealed record StorageCheckResult(int SegmentCount, long ChunkCount, long FrameCount, int DamageCount);
