using System.Globalization;
using Tsdb.Bench.Workload.Recovery;
using Tsdb.Bench.Workload.Reports;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>
/// Fills a log of a size, kills the server, and measures restarts on the same folder against the limit: two
/// seconds, and one more for each GB of live log. With <c>--load</c> it is <see cref="KillUnderLoad"/>.
/// </summary>
internal static class RecoveryCommand
{
    private const double BaseSeconds = 2;
    private const double Gb = 1e9;
    private const long MemtableSizeBytes = 8L << 30;
    private const long WalSizeBytes = 64L << 30;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        WorkloadOptions options = new(arguments);
        string folder = arguments.Text("folder", "");
        int sizeGb = arguments.Number("gb", 1);
        int roundCount = arguments.Number("rounds", 3);
        bool areFloats = arguments.Text("values", "integers") == "floats";
        bool onlyFills = arguments.Switch("fill");
        bool isLoad = arguments.Switch("load");
        string name = arguments.Text("name", "");
        arguments.RefuseUnknown();
        if (folder.Length == 0)
        {
            throw new ArgumentException("recovery needs --folder DIR");
        }

        if (isLoad)
        {
            Report load = new("Recovery after a kill under load", arguments.Line);
            await KillUnderLoad.RunAsync(options, folder, roundCount, load);
            load.Publish(options.Root, name, TimeProvider.System);
            return 0;
        }

        string data = Path.Combine(folder, "data");
        string rowsPath = Path.Combine(folder, "rows");
        if (!File.Exists(rowsPath))
        {
            await FillAsync(options, folder, data, rowsPath, (long)(sizeGb * Gb), areFloats);
        }

        if (onlyFills)
        {
            return 0;
        }

        string[] facts = (await File.ReadAllTextAsync(rowsPath)).Split(' ');
        long rowCount = long.Parse(facts[0], CultureInfo.InvariantCulture);
        double logGb = long.Parse(facts[1], CultureInfo.InvariantCulture) / Gb;
        List<Restart> rounds = [];
        for (int round = 0; round < roundCount; round++)
        {
            int httpPort = ServerProcess.FindFreePort();
            Restart restart = await Restart.MeasureAsync(
                () => Start(options, folder, data, httpPort), httpPort, rowCount, rowCount);
            Console.WriteLine($"round {round + 1}: {restart}");
            rounds.Add(restart);
        }

        Report report = new("Recovery", arguments.Line);
        Describe(report, rounds, rowCount, logGb, areFloats);
        report.Publish(options.Root, name, TimeProvider.System);
        return 0;
    }

    private static async Task FillAsync(
        WorkloadOptions options, string folder, string data, string rowsPath, long sizeBytes, bool areFloats)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(
            ConfigPath(folder),
            $$"""
            {"memtableSizeBytesMax": {{MemtableSizeBytes}}, "memtableCellCountMax": {{long.MaxValue}},
             "walSizeBytesMax": {{WalSizeBytes}}}
            """);
        using TsdbTarget server = TsdbTarget.StartOn(
            options.TsdbProgram, data, Path.Combine(folder, "fill.log"), configPath: ConfigPath(folder));
        long rowCount = await LogFill.RunAsync(server, sizeBytes, areFloats);
        long logBytes = server.LiveLogBytes();
        server.Kill();
        await File.WriteAllTextAsync(rowsPath, $"{rowCount} {logBytes}");
        Console.WriteLine($"{rowCount:N0} rows in {logBytes:N0} bytes of live log");
    }

    private static ServerProcess Start(WorkloadOptions options, string folder, string data, int httpPort) =>
        ServerProcess.StartOn(
            options.TsdbProgram,
            data => TsdbTarget.ServeArguments(data, httpPort, 0, ConfigPath(folder)),
            data,
            Path.Combine(folder, "server.log"));

    private static string ConfigPath(string folder) => Path.Combine(folder, "config.json");

    private static void Describe(
        Report report, List<Restart> rounds, long rowCount, double logGb, bool areFloats)
    {
        double limitSeconds = BaseSeconds + logGb;
        report.Add($"{logGb:F2} GB of live log: {rowCount:N0} rows of 10 "
            + (areFloats ? "doubles of full precision" : "small integers that wander")
            + ", 4,000 series, batches of 20,000 rows; none of it in a segment. kill -9, then "
            + $"{rounds.Count} restarts, each killed again. The time begins when the process is started. "
            + "\"First answer\": a query that the missing rows cannot touch, asked each 5 ms; \"ready\": "
            + "/ready says 200, all rows are back and writes are taken. Then every row was counted. The log "
            + "is in the page cache unless others have pushed it out.");
        MarkdownTable table = new("figure", "median (range)", "of the limit");
        Statistic first = new(rounds.Select(round => round.FirstAnswer.TotalSeconds));
        Statistic ready = new(rounds.Select(round => round.Ready.TotalSeconds));
        table.Add("limit, s", $"{limitSeconds:F2}", "");
        table.Add("first answer, s", first.Show("F2"), $"{first.Median / limitSeconds:F2}");
        table.Add("ready, s", ready.Show("F2"), $"{ready.Median / limitSeconds:F2}");
        table.Add("M rows/s until ready", $"{rowCount / ready.Median / 1e6:F2}", "");
        table.Add("server CPU until ready, s", Show(rounds, round => round.CpuSeconds, "F2"), "");
        table.Add("peak RSS, MiB", Show(rounds, round => round.PeakRssBytes / (double)(1 << 20), "F0"), "");
        report.Add(table);
    }

    private static string Show(List<Restart> rounds, Func<Restart, double> figure, string format) =>
        new Statistic(rounds.Select(figure)).Show(format);
}
