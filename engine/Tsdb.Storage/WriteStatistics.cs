namespace Tsdb.Storage;

/// <summary>Bytes written to the device since the start, by what for.</summary>
/// <param name="WalSizeBytes">The log: frames with their padding, file headers, zeros written in
/// advance.</param>
/// <param name="WalFrameSizeBytes">Of these, payloads of frames.</param>
/// <param name="SegmentSizeBytes">Segments, by flushes and merges, those that were given up included.</param>
/// <param name="FlushSizeBytes">Segments that flushes completed.</param>
/// <param name="OtherSizeBytes">Manifest and catalogue.</param>
public sealed record WriteStatistics(
    long WalSizeBytes,
    long WalFrameSizeBytes,
    long SegmentSizeBytes,
    long FlushSizeBytes,
    long OtherSizeBytes);
