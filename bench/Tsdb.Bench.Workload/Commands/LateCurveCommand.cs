using System.Diagnostics;
using System.Globalization;
using Tsdb.Bench.Workload.Generation;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Bench.Workload.Queries;
using Tsdb.Bench.Workload.Reports;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>
/// What late rows cost, over their share and their lateness. Each cell is a server of its own; cells that are
/// in the file of results are not measured again, so that the curve can be measured in pieces.
/// </summary>
internal static class LateCurveCommand
{
    private const string ResultName = "late-curve";
    private const string Scan = "SELECT count(value), sum(value) FROM sensors";
    private const int ScanCount = 5;

    // Small enough that a cell of some seconds has a dozen flushes, and merges after each.
    private const string Options = """
        {"walFileSizeBytes": 1048576, "walSizeBytesMax": 4194304}
        """;

    private static readonly (string Name, TimeSpan Longest)[] _lateness =
        [("1 h", TimeSpan.FromHours(1)), ("1 day", TimeSpan.FromDays(1)), ("30 days", TimeSpan.FromDays(30))];

    private static readonly int[] _latePercents = [0, 1, 5, 10, 25, 50, 99];

    public static int Run(Arguments arguments)
    {
        WorkloadOptions options = new(arguments);
        int secondCount = arguments.Number("arrivals", 6000);
        double budgetSeconds = arguments.Number("budget", 45);
        string only = arguments.Text("only", "");
        arguments.RefuseUnknown();

        string path = Path.Combine(options.Root, "bench", "results", ResultName + ".tsv");
        List<LateCell> cells =
            File.Exists(path) ? [.. File.ReadLines(path).Skip(1).Select(LateCell.Parse)] : [];
        long begin = Stopwatch.GetTimestamp();
        foreach ((int latePercent, string name, TimeSpan longest) in FindMissing(cells, only))
        {
            if (Stopwatch.GetElapsedTime(begin).TotalSeconds > budgetSeconds)
            {
                Console.WriteLine("the time is over; the next run goes on");
                break;
            }

            LateSensors sensors = new(
                options.SensorCount, secondCount, latePercent, (long)longest.TotalMilliseconds);
            LateCell cell = Measure(options, LineBatches.Of(sensors, 10_000), latePercent, name);
            Console.WriteLine(cell.ToLine());
            cells.Add(cell);
            if (only.Length == 0)
            {
                File.WriteAllLines(path, [LateCell.Head, .. cells.Select(static item => item.ToLine())]);
            }
        }

        if (only.Length == 0)
        {
            Publish(options, arguments.Line, cells, secondCount);
        }

        return 0;
    }

    /// <summary>Without late rows it does not matter how late they are: those are measured once.</summary>
    private static IEnumerable<(int LatePercent, string Name, TimeSpan Longest)> FindMissing(
        List<LateCell> cells, string only)
    {
        foreach (int latePercent in _latePercents)
        {
            foreach ((string name, TimeSpan longest) in _lateness)
            {
                bool isWanted = only.Length == 0
                    ? !cells.Exists(cell => cell.LatePercent == latePercent && cell.Lateness == name)
                    : only == $"{latePercent}:{name}";
                if (isWanted && (latePercent > 0 || name == _lateness[0].Name))
                {
                    yield return (latePercent, name, longest);
                }
            }
        }
    }

    private static LateCell Measure(WorkloadOptions options, LineBatches lines, int latePercent, string name)
    {
        string config = Path.GetTempFileName();
        try
        {
            File.WriteAllText(config, Options);
            using TsdbTarget server = new(options.TsdbProgram, config);
            ProcessMeter meter = new(server.ProcessId);
            double cpuSeconds = meter.CpuSeconds();
            LoadTiming timing = BatchLoader.Load(server, lines, connectionCount: 2);
            server.WaitForMerges();
            cpuSeconds = meter.CpuSeconds() - cpuSeconds;
            DeviceWrites writes = server.ReadWrites();
            double storedBytes = server.StoredBytes();
            return new LateCell(
                latePercent,
                name,
                lines.PointCount,
                timing.Acknowledged.TotalSeconds,
                cpuSeconds,
                writes.LastingBytes / storedBytes,
                writes.AllBytes / storedBytes,
                writes.LastingBytes / (2 * sizeof(long) * lines.RowCount),
                writes.SegmentCount,
                MeasureScan(server),
                storedBytes / lines.PointCount);
        }
        finally
        {
            File.Delete(config);
        }
    }

    private static double MeasureScan(TsdbTarget server)
    {
        using SqlEndpoint endpoint = new(server.HttpPort);
        endpoint.FetchJson(Scan);
        List<double> times = [];
        for (int i = 0; i < ScanCount; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            endpoint.FetchJson(Scan);
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        return new Statistic(times).Median;
    }

    private static void Publish(
        WorkloadOptions options, string line, List<LateCell> cells, int secondCount)
    {
        Report report = new("Late rows", line);
        report.Add($"{options.SensorCount:N0} sensors, {secondCount:N0} rows of each, one value a row, in "
            + "batches of 10,000 over 2 connections. A late row's time is before its turn by anything up to "
            + "the lateness, evenly. A server of its own for each cell, with options `" + Options.Trim()
            + "`, all else usual: the log's size has the memtable flushed every few hundred thousand rows, "
            + "and merges run after each flush. "
            + "Server CPU runs on until all is flushed and merged. \"Amplification\" is bytes written to "
            + "the device over bytes stored at the end, \"bare\" the same over the sixteen bytes of each "
            + "row's time and value, both without log files made ready. The scan is `" + Scan
            + "`, median of "
            + $"{ScanCount} warm runs. One run a cell; the cells may come from several runs of the command.");
        MarkdownTable table = new(
            "late", "by up to", "M points/CPU s", "M points/s", "amplification", "bare", "segments",
            "scan ms", "B/point");
        foreach (LateCell cell in cells.OrderBy(static cell => cell.LatePercent))
        {
            table.Add(
                $"{cell.LatePercent} %",
                cell.LatePercent == 0 ? "-" : cell.Lateness,
                Show(cell.PointsPerCpuSecond / 1e6, "F2"),
                Show(cell.PointsPerSecond / 1e6, "F2"),
                Show(cell.Amplification, "F2"),
                Show(cell.PerBareByte, "F2"),
                Show(cell.SegmentCount, "F0"),
                Show(cell.ScanMs, "F1"),
                Show(cell.BytesPerPoint, "F2"));
        }

        report.Add(table);
        report.Publish(options.Root, ResultName, TimeProvider.System);
        string picture = Path.Combine(options.Root, "docs", "late-data.svg");
        string[] names = [.. _lateness.Select(static item => item.Name)];
        File.WriteAllText(picture, new LatePicture(cells, names).Draw());
    }

    private static string Show(double value, string format) =>
        value.ToString(format, CultureInfo.InvariantCulture);
}
