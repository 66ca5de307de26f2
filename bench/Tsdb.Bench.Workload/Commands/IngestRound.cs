using Tsdb.Bench.Workload.Loading;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>What one load of one target gave.</summary>
internal sealed record IngestRound(
    string Server,
    long RowCount,
    long PointCount,
    LoadTiming Timing,
    long FlushedBytes,
    long CompactedBytes,
    long LogBytes,
    DeviceWrites Writes,
    double FreshMemoryMilliseconds)
{
    /// <summary>Of the rows without any coding: eight bytes for each time and each value.</summary>
    public long BareSizeBytes => sizeof(long) * (RowCount + PointCount);

    public override string ToString() =>
        $"{Server}: {Timing.Acknowledged.TotalSeconds:F2} s, {Timing.ServerCpuFlushedSeconds:F2} CPU s, "
        + $"{RowCount / Timing.ServerCpuFlushedSeconds / 1e6:F2} M rows/CPU s, "
        + $"{(double)CompactedBytes / PointCount:F2} B/point";
}
