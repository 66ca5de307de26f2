using System.Diagnostics;
using System.Globalization;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Bench.Workload.Reports;
using Tsdb.Bench.Workload.Soaking;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>
/// Full ingest, queries, merges and deletes for half an hour: memory and debt must not grow, nothing may fail
/// or be answered wrongly.
/// </summary>
internal static class SoakCommand
{
    private const double WarmUpSeconds = 300;
    private const double MiB = 1 << 20;
    private const string DebtMetric = "tsdb_compaction_debt_bytes";

    private const string PauseMetric = "dotnet_gc_pause_seconds";

    private static readonly TimeSpan _samplePause = TimeSpan.FromSeconds(5);

    public static int Run(Arguments arguments)
    {
        WorkloadOptions options = new(arguments);
        int minutes = arguments.Number("minutes", 30);
        int senderCount = arguments.Number("connections", 2);
        string name = arguments.Text("name", "");
        arguments.RefuseUnknown();

        using TsdbTarget server = new(options.TsdbProgram);
        using SoakLoad load = new(server, new SoakSource(options.HostCount), senderCount);
        List<SoakSample> samples = Watch(server, load, TimeSpan.FromMinutes(minutes));
        Report report = new("Soak", arguments.Line);
        Describe(report, load, samples, senderCount, options.HostCount);
        report.Publish(options.Root, name, TimeProvider.System);
        return load.ErrorCount == 0 ? 0 : 1;
    }

    private static List<SoakSample> Watch(TsdbTarget server, SoakLoad load, TimeSpan duration)
    {
        ProcessMeter meter = new(server.ProcessId);
        using HttpConnection connection = new(server.HttpPort);
        List<SoakSample> samples = [];
        long begin = Stopwatch.GetTimestamp();
        Task running = load.RunAsync();
        while (Stopwatch.GetElapsedTime(begin) < duration && !running.Wait(_samplePause))
        {
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            samples.Add(SoakSample.Take(seconds, load.RowCount, meter, connection));
            Console.WriteLine(FormattableString.Invariant(
                $"{seconds:F0} s: {load.RowCount / 1e6:F1} M rows, {samples[^1].RssBytes / MiB:F0} MiB, ")
                + FormattableString.Invariant($"{load.DeleteCount} deletes, {load.ErrorCount} errors"));
        }

        load.Stop();
        running.GetAwaiter().GetResult();
        return samples;
    }

    private static void Describe(
        Report report, SoakLoad load, List<SoakSample> samples, int senderCount, int hostCount)
    {
        List<SoakSample> settled = [.. samples.Where(static sample => sample.Seconds >= WarmUpSeconds)];
        SoakSample last = samples[^1];
        report.Add($"{hostCount:N0} hosts of workload A, a sixteenth of the rows an hour late, over "
            + $"{senderCount} connections as fast as they are taken; every 100 ms a query that counts an "
            + "hour of a host, and every 2 s an average over all hosts; every 15 s what is older than three "
            + "days of event time is deleted, and an hour of one host. Slopes are from minute 5 on.");
        MarkdownTable figures = new("figure", "value");
        figures.Add("minutes", Show(last.Seconds / 60, "F1"));
        figures.Add("rows acknowledged, M", Show(last.RowCount / 1e6, "F1"));
        figures.Add("M points per server CPU second", Show(last.RowCount * 10 / 1e6 / last.CpuSeconds, "F2"));
        figures.Add("errors and wrong answers", $"{load.ErrorCount}");
        figures.Add("RSS, slope, MiB a minute", Show(
            60 * Trend.SlopePerSecond(settled, static sample => sample.RssBytes / MiB), "F2"));
        figures.Add("RSS, highest, MiB", Show(samples.Max(static sample => sample.RssBytes) / MiB, "F0"));
        figures.Add("merges due, slope, MiB a minute", Show(
            60 * Trend.SlopePerSecond(settled, static sample => sample.Metric(DebtMetric) / MiB), "F2"));
        figures.Add("merges due, highest, MiB", Show(
            samples.Max(static sample => sample.Metric(DebtMetric)) / MiB, "F0"));
        figures.Add("merges", Show(last.Metric("tsdb_compactions_total"), "F0"));
        figures.Add("deletes", $"{load.DeleteCount}");
        figures.Add("managed heap, most MiB", Show(last.Metric("dotnet_gc_committed_bytes_max") / MiB, "F0"));
        double pauseCount = last.Metric($"{PauseMetric}_count");
        figures.Add("GC pauses", Show(pauseCount, "F0"));
        figures.Add("of them above 2 ms", Show(
            pauseCount - last.Metric($"{PauseMetric}_bucket{{le=\"0.002\"}}"), "F0"));
        figures.Add("longest GC pause, ms", Show(1000 * last.Metric($"{PauseMetric}_max"), "F2"));
        report.Add(figures);
        report.Add(Latencies(load));
        report.Add("Minute by minute:");
        report.Add(Minutes(samples));
        if (load.ErrorCount > 0)
        {
            report.Add("Errors:\n\n" + string.Join('\n', load.Errors.Select(static error => $"- {error}")));
        }
    }

    private static MarkdownTable Latencies(SoakLoad load)
    {
        MarkdownTable table = new("latency, ms", "count", "p50", "p90", "p99", "p99.9", "slowest");
        foreach ((string kind, LatencyHistogram times) in new[]
        {
            ("write of a batch", load.Writes), ("query", load.Queries), ("delete", load.Deletes),
        })
        {
            table.Add(
                kind,
                $"{times.Count}",
                Show(times.QuantileMs(0.5), "F1"),
                Show(times.QuantileMs(0.9), "F1"),
                Show(times.QuantileMs(0.99), "F1"),
                Show(times.QuantileMs(0.999), "F1"),
                Show(times.SlowestMs, "F1"));
        }

        return table;
    }

    private static MarkdownTable Minutes(List<SoakSample> samples)
    {
        MarkdownTable table = new(
            "minute",
            "M rows a s",
            "RSS, MiB",
            "GC heap, MiB",
            "log, MiB",
            "segments",
            "segments, MiB",
            "due, MiB");
        SoakSample? before = null;
        foreach (IGrouping<int, SoakSample> minute in samples.GroupBy(static s => (int)(s.Seconds / 60)))
        {
            SoakSample end = minute.Last();
            double seconds = end.Seconds - (before?.Seconds ?? 0);
            table.Add(
                $"{minute.Key + 1}",
                Show((end.RowCount - (before?.RowCount ?? 0)) / seconds / 1e6, "F2"),
                Show(end.RssBytes / MiB, "F0"),
                Show(end.Metric("dotnet_gc_heap_bytes") / MiB, "F0"),
                Show(end.Metric("tsdb_wal_bytes") / MiB, "F0"),
                Show(end.Metric("tsdb_segments"), "F0"),
                Show(end.Metric("tsdb_segment_bytes") / MiB, "F0"),
                Show(end.Metric(DebtMetric) / MiB, "F0"));
            before = end;
        }

        return table;
    }

    private static string Show(double value, string format) =>
        value.ToString(format, CultureInfo.InvariantCulture);
}
