using System.Diagnostics;
using System.Runtime.InteropServices;
using Tsdb.Bench.Workload.Generation;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Bench.Workload.Reports;
using Tsdb.Bench.Workload.Targets;
using Tsdb.Client;
using Tsdb.Core;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>
/// The main job on real input: loads the bundled samples, streams the TSBS shape at full speed with late rows
/// in it,
/// asks telling questions, and keeps serving until it is told to stop.
/// </summary>
internal static class DemoCommand
{
    private static readonly (string What, string Sql)[] _questions =
    [
        ("Machine room (NAB): how hot, over how long?",
            "SELECT count(*) AS readings, min(temperature) AS coldest, max(temperature) AS hottest, "
            + "avg(temperature) AS mean FROM ambient"),
        ("The week before it failed, day by day",
            "SELECT date_trunc('day', ts) AS day, avg(temperature) AS mean, max(temperature) AS hottest, "
            + "count(*) AS readings FROM ambient WHERE ts >= TIMESTAMP '2014-05-22 00:00:00' "
            + "GROUP BY day ORDER BY day DESC LIMIT 5"),
        ("Turbofans (C-MAPSS): the engines that failed first, and what sensor 11 said",
            "SELECT engine, max(cycle) AS cycles, first(s11) AS s11_new, last(s11) AS s11_worn "
            + "FROM turbofan GROUP BY engine ORDER BY cycles LIMIT 5"),
        ("Hosts: the busiest hour of all of them",
            "SELECT date_trunc('hour', ts) AS hour, hostname, avg(usage_user) AS mean FROM cpu "
            + "GROUP BY hour, hostname ORDER BY mean DESC LIMIT 5"),
        ("One host, minute by minute, newest first",
            "SELECT date_trunc('minute', ts) AS minute, max(usage_user) AS busiest, count(*) AS n FROM cpu "
            + "WHERE hostname = 'host_7' GROUP BY minute ORDER BY minute DESC LIMIT 5"),
    ];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        WorkloadOptions options = new(arguments);
        string data = arguments.Text("data", "data");
        string samples = arguments.Text("samples", Path.Combine(options.Root, "samples"));
        bool isOnce = arguments.Switch("once");
        int httpPort = arguments.Number("http-port", isOnce ? 0 : 9000);
        int grpcPort = arguments.Number("grpc-port", isOnce ? 0 : 9001);
        int hostCount = arguments.Number("demo-hosts", 2000);
        arguments.RefuseUnknown();

        using ManualResetEventSlim stop = new();
        using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, stop);
        using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, stop);
        Say($"starting the server on {data}");
        string log = Path.Combine(options.Root, "artifacts", "run-server.log");
        using TsdbTarget server = TsdbTarget.StartOn(options.TsdbProgram, data, log, httpPort, grpcPort);
        Say($"http://127.0.0.1:{server.HttpPort}, gRPC on {server.GrpcPort}");
        LoadSamples(server, samples);
        Stream(server, hostCount);
        await AskAsync(server);
        if (!isOnce)
        {
            Say($"serving http://127.0.0.1:{server.HttpPort} until Ctrl-C");
            stop.Wait();
        }

        Say("stopping");
        server.Stop();
        return 0;
    }

    private static void LoadSamples(TsdbTarget server, string folder)
    {
        using HttpConnection connection = new(server.HttpPort);
        foreach ((string name, byte[] lines) in new[]
        {
            ("ambient", SampleFiles.ReadAmbient(folder)),
            ("turbofan", SampleFiles.ReadTurbofan(folder)),
        })
        {
            HttpReply reply = connection.Send("POST", server.WritePath, lines);
            if (!reply.IsSuccess)
            {
                throw new IOException($"the server refused {name} with {reply.Code}: {reply.Excerpt}");
            }

            Say($"loaded {name}: {lines.AsSpan().Count((byte)'\n'):N0} rows");
        }
    }

    private static void Stream(TsdbTarget server, int hostCount)
    {
        Say($"preparing {hostCount} hosts x 648 steps, 10 % of the rows up to an hour late");
        LineBatches lines =
            LineBatches.Of(new CpuHosts(hostCount, stepCount: 648), rowsPerBatch: 5000, latePercent: 10);
        Say($"streaming {lines.RowCount:N0} rows, {lines.SizeBytes / 1e6:N0} MB, over 2 connections");
        LoadTiming timing = BatchLoader.Load(server, lines, connectionCount: 2);
        double seconds = timing.Acknowledged.TotalSeconds;
        Say($"durable in {seconds:F2} s: {lines.RowCount / seconds:N0} rows/s, "
            + $"{lines.PointCount / seconds:N0} points/s; server used "
            + $"{timing.ServerCpuFlushedSeconds:F2} CPU s, {timing.PeakRssBytes >> 20} MiB at most");
        Say("compacting");
        server.Compact();
        Say($"{(double)server.StoredBytes() / lines.PointCount:F2} bytes/point on disk, the log apart");
    }

    private static async Task AskAsync(TsdbTarget server)
    {
        using TsdbClient client = new("127.0.0.1", server.GrpcPort);
        foreach ((string what, string sql) in _questions)
        {
            await AskAsync(client, sql);
            long begin = Stopwatch.GetTimestamp();
            (MarkdownTable table, TsdbQueryStatistics statistics) = await AskAsync(client, sql);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(begin);
            Console.WriteLine(
                $"\n{what}\n  {sql}\n  {elapsed.TotalMilliseconds:F1} ms; {statistics.RowsRead:N0} rows read "
                + $"in {statistics.BlocksRead:N0} blocks, {statistics.BlocksPruned:N0} blocks passed over");
            Console.Write(table);
        }

        Console.WriteLine();
    }

    private static async Task<(MarkdownTable Rows, TsdbQueryStatistics Statistics)> AskAsync(
        TsdbClient client, string sql)
    {
        using TsdbQueryResult result = await client.QueryAsync(sql);
        MarkdownTable table = new([.. result.Schema.FieldsList.Select(field => field.Name)]);
        await foreach (TsdbRow row in result.ReadRowsAsync())
        {
            table.Add([.. Enumerable.Range(0, row.ColumnCount).Select(column => Show(row[column]))]);
        }

        return (table, result.Statistics!);
    }

    private static string Show(object? cell) => cell switch
    {
        null => "null",
        double number => $"{number:G6}",
        Timestamp time => $"{DateTime.UnixEpoch.AddTicks(time.UnixNs / 100):yyyy-MM-dd HH:mm}",
        _ => $"{cell}",
    };

    private static PosixSignalRegistration OnSignal(PosixSignal signal, ManualResetEventSlim stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Set();
        });

    private static void Say(string text) => Console.WriteLine($"run: {text}");
}
