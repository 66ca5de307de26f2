using Tsdb.Bench.Workload.Loading;

namespace Tsdb.Bench.Workload.Soaking;

/// <summary>The server at one moment of a soak.</summary>
/// <param name="Seconds">Since its start.</param>
/// <param name="RowCount">Rows acknowledged since the start.</param>
/// <param name="RssBytes">Resident memory.</param>
/// <param name="CpuSeconds">CPU time used.</param>
/// <param name="Metrics">What <c>/metrics</c> says, labels summed up.</param>
internal sealed record SoakSample(
    double Seconds,
    long RowCount,
    long RssBytes,
    double CpuSeconds,
    IReadOnlyDictionary<string, double> Metrics)
{
    public static SoakSample Take(
        double seconds, long rowCount, ProcessMeter meter, HttpConnection connection)
    {
        IReadOnlyDictionary<string, double> metrics = ServerMetrics.Read(connection);
        return new SoakSample(seconds, rowCount, meter.RssBytes(), meter.CpuSeconds(), metrics);
    }

    /// <summary>A metric, 0 where the server does not have it.</summary>
    public double Metric(string name) => Metrics.GetValueOrDefault(name);
}
