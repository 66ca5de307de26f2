namespace Tsdb.Bench.Workload.Loading;

/// <summary>Bytes that a server has written to its device since it started, by what for; not numbers where it
/// does not count them.</summary>
/// <param name="LogBytes">Frames of the log, with padding and headers.</param>
/// <param name="LogPayloadBytes">What those frames carry.</param>
/// <param name="SpareBytes">Zeros of log files made ready, once for each file that is not recycled.</param>
/// <param name="FlushBytes">Segments as first written.</param>
/// <param name="MergeBytes">Segments written again by merges.</param>
/// <param name="SegmentBytes">All that was written to segment files, those given up included.</param>
/// <param name="OtherBytes">Manifest and catalogue.</param>
/// <param name="SegmentCount">Segments there are now.</param>
internal sealed record DeviceWrites(
    double LogBytes,
    double LogPayloadBytes,
    double SpareBytes,
    double FlushBytes,
    double MergeBytes,
    double SegmentBytes,
    double OtherBytes,
    double SegmentCount)
{
    public static readonly DeviceWrites None = new(
        double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>All of them.</summary>
    public double AllBytes => LogBytes + SpareBytes + SegmentBytes + OtherBytes;

    /// <summary>
    /// How often a row is written: to the log (device bytes over what its frames carry), to a segment, and
    /// again by merges (over the segments as first written).
    /// </summary>
    public double Amplification => (LogBytes / LogPayloadBytes) + ((SegmentBytes + OtherBytes) / FlushBytes);

    public static DeviceWrites Of(IReadOnlyDictionary<string, double> metrics) => new(
        metrics["tsdb_wal_device_bytes_total"],
        metrics["tsdb_wal_written_bytes_total"],
        metrics["tsdb_wal_spare_bytes_total"],
        metrics["tsdb_flush_written_bytes_total"],
        metrics["tsdb_compaction_written_bytes_total"],
        metrics["tsdb_segment_device_bytes_total"],
        metrics["tsdb_other_device_bytes_total"],
        metrics["tsdb_segments"]);
}
