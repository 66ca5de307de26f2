using Tsdb.Bench.Workload.Reports;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>A row of the ingest tables: its name, how it is shown, and how it follows from a round.</summary>
internal sealed record IngestFigure(string Name, string Format, bool IsCompared, Func<IngestRound, double> Of)
{
    public static readonly IngestFigure[] All =
    [
        new("acknowledged, s", "F2", true, round => round.Timing.Acknowledged.TotalSeconds),
        new("flushed, s", "F2", true, round => round.Timing.Flushed.TotalSeconds),
        new("M points/s, acknowledged", "F2", true,
            round => round.PointCount / round.Timing.Acknowledged.TotalSeconds / 1e6),
        new("server CPU, s", "F2", true, round => round.Timing.ServerCpuFlushedSeconds),
        new("M points per server CPU s", "F2", true,
            round => round.PointCount / round.Timing.ServerCpuFlushedSeconds / 1e6),
        new("M rows per server CPU s", "F2", true,
            round => round.RowCount / round.Timing.ServerCpuFlushedSeconds / 1e6),
        new("B/point after flush", "F3", true, round => (double)round.FlushedBytes / round.PointCount),
        new("B/point compacted, stopped", "F3", true,
            round => (double)round.CompactedBytes / round.PointCount),
        new("device: log frames, MiB", "F1", false, round => round.Writes.LogBytes / 1048576),
        new("device: log files made ready, MiB", "F1", false, round => round.Writes.SpareBytes / 1048576),
        new("device: flushes, MiB", "F1", false, round => round.Writes.FlushBytes / 1048576),
        new("device: merges, MiB", "F1", false, round => round.Writes.MergeBytes / 1048576),
        new("device: all, MiB", "F1", false, round => round.Writes.AllBytes / 1048576),
        new("write amplification", "F2", false,
            round => round.Writes.LastingBytes / round.CompactedBytes),
        new("the same, log files made ready too", "F2", false,
            round => round.Writes.AllBytes / round.CompactedBytes),
        new("device bytes per byte of bare rows", "F2", false,
            round => round.Writes.LastingBytes / round.BareSizeBytes),
        new("log files, MiB", "F0", false, round => round.LogBytes / 1048576.0),
        new("peak RSS, MiB", "F0", true, round => round.Timing.PeakRssBytes / 1048576.0),
        new("managed heap, most MiB", "F0", false, round => round.Timing.Runtime.CommittedBytesMax / 1048576),
        new("longest GC pause, ms", "F2", false, round => round.Timing.Runtime.PauseSecondsMax * 1000),
        new("bytes allocated per 1,000 rows", "F0", false,
            round => round.Timing.AllocatedBytes / round.RowCount * 1000),
        new("request, median ms", "F1", false, round => round.Timing.MedianRequest.TotalMilliseconds),
        new("request, slowest ms", "F0", false, round => round.Timing.SlowestRequest.TotalMilliseconds),
        new("loader CPU, s", "F2", false, round => round.Timing.ClientCpuSeconds),
        new("others' CPU, s", "F1", false, round => round.Timing.MachineBusySeconds
            - round.Timing.ServerCpuFlushedSeconds - round.Timing.ClientCpuSeconds),
        new("fresh memory, CPU ms/MiB", "F2", false, round => round.FreshMemoryMilliseconds),
    ];

    public Statistic Over(IEnumerable<IngestRound> rounds) => new(rounds.Select(Of));
}
