namespace Tsdb.Storage;

/// <summary>Bytes written to the device since the start, by what for.</summary>
/// <param name="WalSizeBytes">The log: frames with their padding.</param>
/// <param name="WalSparesSizeBytes">Log files made ready: zeros and headers, once for each file that is not
/// recycled.</param>
/// <param name="WalFrameSizeBytes">Of these, payloads of frames.</param>
/// <param name="SegmentSizeBytes">Segments, by flushes and merges, those that were given up included.</param>
/// <param name="FlushSizeBytes">Segments that flushes completed.</param>
/// <param name="OtherSizeBytes">Manifest and catalogue.</param>
public sealed record WriteStatistics(
    long WalSizeBytes,
    long WalSparesSizeBytes,
    long WalFrameSizeBytes,
    long SegmentSizeBytes,
    long FlushSizeBytes,
    long OtherSizeBytes);
