namespace Tsdb.Bench.Workload.Loading;

/// <summary>One measured load, from the first byte sent.</summary>
internal sealed record LoadTiming(
    TimeSpan Acknowledged,
    TimeSpan Flushed,
    double ServerCpuAcknowledgedSeconds,
    double ServerCpuFlushedSeconds,
    double ClientCpuSeconds,
    double MachineBusySeconds,
    TimeSpan MedianRequest,
    TimeSpan SlowestRequest,
    long PeakRssBytes,
    double AllocatedBytes,
    RuntimeCounts Runtime);
