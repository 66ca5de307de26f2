using Tsdb.Bench.Workload.Commands;
using Tsdb.Bench.Workload.Generation;
using Tsdb.Bench.Workload.Reports;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Recovery;

/// <summary>
/// Kills a server of usual options while columns come in as fast as it takes them, each time at another
/// moment, and measures the restart: what a crash really leaves to be replayed, and how long that takes.
/// </summary>
internal static class KillUnderLoad
{
    private const double BaseSeconds = 2;
    private const double Gb = 1e9;
    private const long RowCountMin = 20_000_000;
    private const int RowCountRange = 15_000_000;

    public static async Task RunAsync(WorkloadOptions options, string folder, int roundCount, Report report)
    {
        Directory.CreateDirectory(folder);
        string data = Path.Combine(folder, "data");
        string log = Path.Combine(folder, "server.log");
        SplitMix64 random = new(seed: 1);
        long acknowledgedRows = 0;
        long sentRows = 0;
        List<Restart> rounds = [];
        for (int round = 0; round < roundCount; round++)
        {
            long rowCount = RowCountMin + (long)(random.NextUnit() * RowCountRange);
            using (TsdbTarget server = TsdbTarget.StartOn(options.TsdbProgram, data, log))
            {
                if (round == 0)
                {
                    LogFill.Settle(server);
                }

                acknowledgedRows += await LogFill.RunUntilKilledAsync(server, sentRows, rowCount);
                sentRows += rowCount + LogFill.RowsPerBatch;
            }

            int httpPort = ServerProcess.FindFreePort();
            Restart restart = await Restart.MeasureAsync(
                () => ServerProcess.StartOn(
                    options.TsdbProgram,
                    folder => TsdbTarget.ServeArguments(folder, httpPort, 0),
                    data,
                    log),
                httpPort,
                acknowledgedRows,
                sentRows);
            Console.WriteLine($"round {round + 1}: {restart}");
            acknowledgedRows = restart.FoundRows;
            rounds.Add(restart);
        }

        Describe(report, rounds);
    }

    private static void Describe(Report report, List<Restart> rounds)
    {
        report.Add("Rows of 10 small integers that wander, 4,000 series, batches of 20,000 rows over gRPC, "
            + "as fast as they are taken, default options; kill -9 after 20 to 35 million rows, with batches "
            + "under way; then a restart, killed again when it is ready. The time begins when the process is "
            + "started. \"First answer\": a query that the missing rows cannot touch, asked each 5 ms; "
            + "\"ready\": /ready says 200, all rows are back and writes are taken. Each acknowledged row "
            + "was there, and none that was not sent.");
        MarkdownTable table = new("kill", "live log, MB", "rows in it", "limit, s", "first answer, s",
            "ready, s", "of the limit", "peak RSS, MiB");
        for (int i = 0; i < rounds.Count; i++)
        {
            Restart round = rounds[i];
            double limitSeconds = BaseSeconds + (round.ReplayedBytes / Gb);
            table.Add(
                $"{i + 1}",
                $"{round.ReplayedBytes / 1e6:F0}",
                $"{round.ReplayedRows:N0}",
                $"{limitSeconds:F2}",
                $"{round.FirstAnswer.TotalSeconds:F2}",
                $"{round.Ready.TotalSeconds:F2}",
                $"{round.Ready.TotalSeconds / limitSeconds:F2}",
                $"{round.PeakRssBytes / (double)(1 << 20):F0}");
        }

        report.Add(table);
    }
}
