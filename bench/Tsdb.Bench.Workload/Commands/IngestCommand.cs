using System.Globalization;
using Tsdb.Bench.Workload.Generation;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Bench.Workload.Reports;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>Loads a workload into each target by turns and compares the medians of what it cost.</summary>
internal static class IngestCommand
{
    public static int Run(Arguments arguments)
    {
        WorkloadOptions options = new(arguments);
        string[] workloads = arguments.List("workload", "A");
        string[] targets = arguments.List("targets", "tsdb,victoria");
        int roundCount = arguments.Number("rounds", 3);
        int connectionCount = arguments.Number("connections", 2);
        string name = arguments.Text("name", "");
        arguments.RefuseUnknown();

        Report report = new("Ingest", arguments.Line);
        foreach (string workload in workloads)
        {
            Console.WriteLine($"generating {workload}");
            LineBatches lines = options.CreateLines(workload);
            ColumnBatches? columns = targets.Contains(WorkloadOptions.ColumnTarget)
                ? options.CreateColumns(workload)
                : null;
            Dictionary<string, List<IngestRound>> rounds = targets.ToDictionary(
                target => target, _ => new List<IngestRound>(), StringComparer.Ordinal);
            for (int round = 0; round < roundCount; round++)
            {
                // The order turns round by round: what one leaves behind does not always meet the same other.
                foreach (string target in round % 2 == 0 ? targets : targets.Reverse())
                {
                    IngestRound result = RunOnce(options, target, lines, columns, connectionCount);
                    rounds[target].Add(result);
                    Console.WriteLine($"{workload} round {round + 1} {result}");
                }
            }

            Describe(report, options, lines, targets, rounds, roundCount, connectionCount);
        }

        report.Publish(options.Root, name, TimeProvider.System);
        return 0;
    }

    private static IngestRound RunOnce(
        WorkloadOptions options,
        string targetName,
        LineBatches lines,
        ColumnBatches? columns,
        int connectionCount)
    {
        using TouchedMemory memory = new(options.TouchedMebibytes);
        using ITarget target = options.Start(targetName);
        memory.Dispose();
        LoadTiming timing = targetName == WorkloadOptions.ColumnTarget
            ? BatchLoader.Load(
                target,
                requests => ColumnLoader.Send((TsdbTarget)target, columns!, requests),
                connectionCount)
            : BatchLoader.Load(target, lines, connectionCount);
        long flushedBytes = target.StoredBytes();
        target.Compact();
        DeviceWrites writes = target.ReadWrites();
        target.Stop();
        return new IngestRound(
            $"{targetName} {target.Version}",
            lines.RowCount,
            lines.PointCount,
            timing,
            flushedBytes,
            target.StoredBytes(),
            target.LogBytes(),
            writes,
            memory.MillisecondsPerMebibyte);
    }

    private static void Describe(
        Report report,
        WorkloadOptions options,
        LineBatches lines,
        string[] targets,
        Dictionary<string, List<IngestRound>> rounds,
        int roundCount,
        int connectionCount)
    {
        report.Add($"## Workload {lines.Name}\n\n{lines.SeriesCount:N0} series, "
            + $"{lines.RowCount:N0} rows, {lines.PointCount:N0} points, "
            + $"{(double)lines.SizeBytes / lines.RowCount:F1} B/row of line protocol in "
            + $"{lines.Batches.Count} batches, {connectionCount} connections, {roundCount} rounds by turns. "
            + "Figures are medians, with the range in parentheses. \"Acknowledged\" is from the first byte "
            + "to the last reply; server CPU runs on until everything is flushed. \"Others\" is CPU time of "
            + "neither server nor loader meanwhile. Bytes are counted without "
            + "the log, which holds nothing more after a flush; its recycled files have a row of their own. "
            + "\"Write amplification\" is all that was written to the device for log, segments, manifest "
            + "and catalogue, merges included, over what is stored at the end. Log files made ready are "
            + "apart: they are filled with zeros once and then recycled. \"Bare rows\" are eight bytes for "
            + "each time and each value. Before each load "
            + $"{options.TouchedMebibytes} MiB of memory are written to and given back: otherwise a guest "
            + "whose host takes free pages away measures its host. What that took is \"fresh memory\".");

        MarkdownTable table = new(["figure", .. targets.Select(target => rounds[target][0].Server)]);
        foreach (IngestFigure figure in IngestFigure.All)
        {
            table.Add(
                [figure.Name, .. targets.Select(target => figure.Over(rounds[target]).Show(figure.Format))]);
        }

        report.Add(table);
        foreach (string other in targets.Skip(1))
        {
            MarkdownTable ratios = new("ratio of medians", $"{targets[0]} / {other}");
            foreach (IngestFigure figure in IngestFigure.All.Where(figure => figure.IsCompared))
            {
                double ratio = figure.Over(rounds[targets[0]]).Median / figure.Over(rounds[other]).Median;
                ratios.Add(figure.Name, ratio.ToString("F2", CultureInfo.InvariantCulture));
            }

            report.Add(ratios);
        }
    }
}
