using Tsdb.Bench.Workload.Generation;
using Tsdb.Bench.Workload.Queries;
using Tsdb.Bench.Workload.Reports;
using Tsdb.Bench.Workload.Targets;
using Tsdb.Bench.Workload.Tiers;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>
/// Loads the same rows into servers without tiers and with, in turns; holds their answers to the same queries
/// against each other, and what these and the loads cost.
/// </summary>
internal static class RollupsCommand
{
    private const int RowsPerBatch = 5000;

    public static int Run(Arguments arguments)
    {
        WorkloadOptions options = new(arguments);
        TierOptions tiers = new(arguments);
        arguments.RefuseUnknown();

        LineBatches lines = LineBatches.Of(new CpuHosts(tiers.HostCount, tiers.StepCount), RowsPerBatch);
        WorkloadQuery[] queries = TierQueries.Create();
        List<TierFigures> without = [];
        List<TierFigures> with = [];
        for (int round = 0; round < tiers.RoundCount; round++)
        {
            without.Add(Measure(options, tiers, lines, queries, []));
            with.Add(Measure(options, tiers, lines, queries, TierQueries.Tiers));
            Console.WriteLine(
                $"round {round + 1}: CPU {without[^1].SettledCpuSeconds:F2} s without tiers, "
                + $"{with[^1].SettledCpuSeconds:F2} s with");
        }

        TierTables tables = new(queries, without, with);
        IReadOnlyList<string> differences = tables.FindDifferences();
        Report report = new("Rollups", arguments.Line);
        report.Add(Describe(tiers, lines, differences.Count));
        report.Add(tables.Answers());
        report.Add(tables.Times());
        report.Add(tables.Reads());
        report.Add(tables.Ingest());
        report.Add(tables.Sizes());
        report.Publish(options.Root, tiers.Name, TimeProvider.System);
        foreach (string difference in differences)
        {
            Console.WriteLine($"DIFFERS: {difference}");
        }

        return differences.Count == 0 ? 0 : 1;
    }

    private static TierFigures Measure(
        WorkloadOptions options,
        TierOptions tiers,
        LineBatches lines,
        WorkloadQuery[] queries,
        string[] intervals)
    {
        string configPath = Path.GetTempFileName();
        try
        {
            // Tiers are looked after each second, not each minute: the load takes seconds, not days.
            File.WriteAllText(
                configPath,
                $$"""
                {"rollupSeconds": 1, "memtableSizeBytesMax": {{(long)tiers.MemtableMebibytes << 20}}}
                """);
            using TsdbTarget server = new(options.TsdbProgram, configPath);
            using SqlEndpoint endpoint = new(server.HttpPort);
            TierEdits edits = new(new CpuHosts(tiers.HostCount, tiers.StepCount));
            return new TierRun(server, endpoint, queries, tiers.RepeatCount).Measure(lines, edits, intervals);
        }
        finally
        {
            File.Delete(configPath);
        }
    }

    private static string Describe(TierOptions tiers, LineBatches lines, int differenceCount) =>
        $"{tiers.HostCount} hosts send ten integers every 10 s for {tiers.StepCount / 8640.0:F1} days of "
        + $"event time: {lines.RowCount} rows as fast as they are taken, into memtables of "
        + $"{tiers.MemtableMebibytes} MiB, {tiers.RoundCount} times into a server without tiers and as "
        + $"often into one that keeps {string.Join(", ", TierQueries.Tiers)} of all fields, looked after "
        + "each second (by default each minute). "
        + $"Queries: medians of at least {tiers.RepeatCount} warm runs, Arrow over loopback HTTP; CPU is the "
        + "server's. Ratios of queries: rows to tiers; of the load: with tiers to without. What is "
        + "read is of rows; buckets are not counted. "
        + (differenceCount == 0
            ? "Every answer is the same from tiers as from rows."
            : $"{differenceCount} ANSWERS DIFFER between tiers and rows.");
}
