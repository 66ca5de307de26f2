using System.Diagnostics;
using System.Globalization;
using Tsdb.Bench.Workload.Generation;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Bench.Workload.Queries;
using Tsdb.Bench.Workload.Reports;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>
/// Puts the same rows into our server and into DuckDB, asks both the same, compares the answers and times
/// them.
/// </summary>
internal static class QueriesCommand
{
    private static readonly TimeSpan _slow = TimeSpan.FromSeconds(4);

    public static int Run(Arguments arguments)
    {
        WorkloadOptions options = new(arguments);
        string[] workloads = arguments.List("workload", "A");
        int repeatCount = arguments.Number("repeats", 5);
        bool isCheckOnly = arguments.Switch("check");
        string only = arguments.Text("only", "");
        string name = arguments.Text("name", "");
        arguments.RefuseUnknown();

        Report report = new("Queries", arguments.Line);
        int wrongCount = 0;
        foreach (string workload in workloads)
        {
            using DuckDatabase duck = LoadDuck(options, workload);
            using ITarget server = LoadServer(options, workload);
            using SqlEndpoint endpoint = new(server.HttpPort);
            MarkdownTable table =
                new("query", "rows", "answer", "Arrow ms", "JSON ms", "DuckDB ms", "DuckDB / Arrow");
            foreach (WorkloadQuery query in QueriesOf(options, workload, only))
            {
                string? difference = Ask(endpoint, duck, query, isCheckOnly ? 0 : repeatCount, table);
                if (difference is not null)
                {
                    wrongCount++;
                    Console.WriteLine($"{query.Name}: {difference}");
                }
            }

            report.Add($"## Workload {workload}\n\n{Explain(repeatCount)}");
            report.Add(table);
        }

        report.Publish(options.Root, name, TimeProvider.System);
        Console.WriteLine(wrongCount == 0 ? "all answers agree" : $"{wrongCount} answers differ");
        return wrongCount == 0 ? 0 : 1;
    }

    private static string Explain(int repeatCount) =>
        $"Median of {repeatCount} warm runs after an unmeasured one. Arrow, JSON: ours, loopback HTTP, "
        + "the whole reply read; DuckDB runs in this process and keeps the result as a table. \"Same\": "
        + "columns, row set, integers and texts equal, doubles to one part in 10⁹.";

    private static List<WorkloadQuery> QueriesOf(
        WorkloadOptions options, string workload, string only)
    {
        IReadOnlyList<WorkloadQuery> all = workload == "A"
            ? CpuQueries.Create(options.HostCount)
            : SensorQueries.Create(options.SensorCount);
        return all.Where(query => query.Name.Contains(only, StringComparison.Ordinal)).ToList();
    }

    private static DuckDatabase LoadDuck(WorkloadOptions options, string workload)
    {
        Console.WriteLine($"loading {workload} into DuckDB");
        DuckDatabase duck = new();
        if (workload == "A")
        {
            duck.Load(options.CreateHosts());
        }
        else
        {
            duck.Load(options.CreateSensors(workload == "BL" ? 10 : 0));
        }

        return duck;
    }

    private static ITarget LoadServer(WorkloadOptions options, string workload)
    {
        Console.WriteLine($"loading {workload} into tsdb");
        ITarget server = options.Start("tsdb");
        LineBatches lines = options.CreateLines(workload);
        BatchLoader.Load(server, lines, connectionCount: 2);
        server.Compact();
        return server;
    }

    private static string? Ask(
        SqlEndpoint endpoint, DuckDatabase duck, WorkloadQuery query, int repeatCount, MarkdownTable table)
    {
        Answer expected = duck.Query(query.DuckSql);
        string? difference;
        try
        {
            difference = AnswerComparison.FindDifference(endpoint.Query(query.Sql), expected);
        }
        catch (IOException refused)
        {
            table.Add(query.Name, $"{expected.Rows.Count}", "refused", "-", "-", "-", "-");
            return refused.Message;
        }

        double arrowMs = MedianMs(repeatCount, () => endpoint.FetchArrow(query.Sql));
        double jsonMs = MedianMs(repeatCount, () => endpoint.FetchJson(query.Sql));
        double duckMs = MedianMs(repeatCount, () => duck.Drain(query.DuckSql));
        table.Add(
            query.Name,
            expected.Rows.Count.ToString("N0", CultureInfo.InvariantCulture),
            difference is null ? "same" : "DIFFERS",
            $"{arrowMs:F2}",
            $"{jsonMs:F2}",
            $"{duckMs:F2}",
            $"{duckMs / arrowMs:F1}");
        Console.WriteLine($"{query.Name}: {(difference is null ? "same" : "DIFFERS")}, {arrowMs:F2} ms");
        return difference;
    }

    /// <summary>Median of warm runs; a statement of over four seconds is timed once.</summary>
    private static double MedianMs(int repeatCount, Action run)
    {
        if (repeatCount == 0)
        {
            return double.NaN;
        }

        long begin = Stopwatch.GetTimestamp();
        run();
        int count = Stopwatch.GetElapsedTime(begin) > _slow ? 1 : repeatCount;
        List<double> times = [];
        for (int i = 0; i < count; i++)
        {
            begin = Stopwatch.GetTimestamp();
            run();
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        return new Statistic(times).Median;
    }
}
