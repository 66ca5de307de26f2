namespace Tsdb.Bench.Workload.Loading;

/// <summary>Bytes that a server has written to its device since it started, by what for; not numbers where it
/// does not count them.</summary>
/// <param name="LogBytes">Frames of the log, with padding and headers.</param>
/// <param name="SpareBytes">Zeros of log files made ready, once for each file that is not recycled.</param>
/// <param name="FlushBytes">Segments as first written.</param>
/// <param name="MergeBytes">Segments written again by merges.</param>
/// <param name="SegmentBytes">All that was written to segment files, those given up included.</param>
/// <param name="OtherBytes">Manifest and catalogue.</param>
/// <param name="SegmentCount">Segments there are now.</param>
internal sealed record DeviceWrites(
    double LogBytes,
    double SpareBytes,
    double FlushBytes,
    double MergeBytes,
    double SegmentBytes,
    double OtherBytes,
    double SegmentCount)
{
    public static readonly DeviceWrites None = new(
        double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>All that is written again and again; what write amplification counts.</summary>
    public double LastingBytes => LogBytes + SegmentBytes + OtherBytes;

    /// <summary>The same with log files made ready.</summary>
    public double AllBytes => LastingBytes + SpareBytes;

    public static DeviceWrites Of(IReadOnlyDictionary<string, double> metrics) => new(
        metrics["tsdb_wal_device_bytes_total"],
        metrics["tsdb_wal_spare_bytes_total"],
        metrics["tsdb_flush_written_bytes_total"],
        metrics["tsdb_compaction_written_bytes_total"],
        metrics["tsdb_segment_device_bytes_total"],
        metrics["tsdb_other_device_bytes_total"],
        metrics["tsdb_segments"]);
}
