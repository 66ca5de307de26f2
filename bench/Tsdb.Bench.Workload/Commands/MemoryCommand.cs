using System.Diagnostics;
using System.Globalization;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Bench.Workload.Queries;
using Tsdb.Bench.Workload.Reports;
using Tsdb.Bench.Workload.Squeezing;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>
/// Full ingest of very many series, large queries and merges under a memory limit: the process must stay
/// below it as the system counts, go on working, and refuse only in ways that a sender can repeat.
/// </summary>
internal static class MemoryCommand
{
    private const double MiB = 1 << 20;

    private static readonly TimeSpan _lookPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _linePause = TimeSpan.FromSeconds(5);

    public static int Run(Arguments arguments)
    {
        WorkloadOptions options = new(arguments);
        string[] limits = arguments.List("limits", "512M,8G");
        int seriesCount = arguments.Number("series", 200_000);
        int seconds = arguments.Number("run-seconds", 60);
        int senderCount = arguments.Number("connections", 4);
        int askerCount = arguments.Number("queries", 3);
        string name = arguments.Text("name", "");
        arguments.RefuseUnknown();

        Report report = new("Memory under a limit", arguments.Line);
        report.Add($"{seriesCount:N0} series of workload A, a step a minute of event time, a sixteenth of "
            + $"the batches later than its turn, over {senderCount} connections as fast as they are taken; "
            + $"{askerCount} connections ask for all groups, sorts and exports without a pause; everything "
            + $"is merged every 10 s; {seconds} s for each limit. Peak RSS is the system's VmHWM of the "
            + "server process, from its start to its end. A refused batch is sent again as the reply says.");
        bool isKept = true;
        foreach (string limit in limits)
        {
            Console.WriteLine($"limit {limit}");
            isKept &= RunOne(report, options, limit, seriesCount, seconds, senderCount, askerCount);
        }

        report.Publish(options.Root, name, TimeProvider.System);
        return isKept ? 0 : 1;
    }

    private static bool RunOne(
        Report report,
        WorkloadOptions options,
        string limit,
        int seriesCount,
        int seconds,
        int senderCount,
        int askerCount)
    {
        using TsdbTarget server = new(options.TsdbProgram, "--memory-limit", limit);
        using SqueezeLoad load = new(server, new SqueezeSource(seriesCount), senderCount, askerCount);
        ProcessMeter meter = new(server.ProcessId);
        SqueezeWatch watch = new(meter);
        Watch(server, load, watch, TimeSpan.FromSeconds(seconds));
        server.Flush();
        long countedRows = CountRows(server);
        SqueezeOutcome outcome = new(limit, seconds, load, watch, meter.PeakRssBytes(), countedRows);
        outcome.Describe(report);
        return outcome.IsKept;
    }

    private static void Watch(TsdbTarget server, SqueezeLoad load, SqueezeWatch watch, TimeSpan duration)
    {
        using HttpConnection connection = new(server.HttpPort);
        long begin = Stopwatch.GetTimestamp();
        TimeSpan nextLine = _linePause;
        Task running = load.RunAsync();
        while (Stopwatch.GetElapsedTime(begin) < duration && !running.Wait(_lookPause))
        {
            long rssBytes = watch.Look(connection);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(begin);
            if (elapsed >= nextLine)
            {
                nextLine += _linePause;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{elapsed.TotalSeconds:F0} s: {load.RowCount / 1e6:F1} M rows, "
                    + $"{rssBytes / MiB:F0} MiB, most {watch.SeenRssBytesMax / MiB:F0}, "
                    + $"{load.Writes.LaterCount} writes for later, {load.Queries.Done.Count} queries, "
                    + $"{load.Queries.LaterCount} for later, {load.Queries.LimitCount} too large, "
                    + $"{load.ErrorCount} errors"));
            }
        }

        load.Stop();
        running.GetAwaiter().GetResult();
    }

    private static long CountRows(TsdbTarget server)
    {
        using SqlEndpoint endpoint = new(server.HttpPort);
        return (long)endpoint.Query("SELECT count(*) FROM cpu").Rows[0][0]!;
    }
}
