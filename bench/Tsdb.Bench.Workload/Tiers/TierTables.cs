using System.Globalization;
using Tsdb.Bench.Workload.Queries;
using Tsdb.Bench.Workload.Reports;

namespace Tsdb.Bench.Workload.Tiers;

/// <summary>The page's tables: medians over the rounds, rows beside tiers.</summary>
/// <param name="queries">What was asked.</param>
/// <param name="rows">Rounds without tiers.</param>
/// <param name="tiers">Rounds with them.</param>
internal sealed class TierTables(
    IReadOnlyList<WorkloadQuery> queries, IReadOnlyList<TierFigures> rows, IReadOnlyList<TierFigures> tiers)
{
    /// <summary>The queries whose answers from tiers are not those from rows, with the difference.</summary>
    public IReadOnlyList<string> FindDifferences()
    {
        List<string> differences = [];
        for (int stage = 0; stage < rows[0].Stages.Count; stage++)
        {
            differences.AddRange(FindDifferences(stage));
        }

        return differences;
    }

    /// <summary>How the answers held at each moment; rows that are read show that tiers were used.</summary>
    public MarkdownTable Answers()
    {
        MarkdownTable table = new(
            "answers after", "compared", "different", "rows read", "by tiers", "ratio");
        for (int i = 0; i < rows[0].Stages.Count; i++)
        {
            int stage = i;
            double rowsRead = Median(rows, round => round.Stages[stage].RowsReadCount);
            double tiersRead = Median(tiers, round => round.Stages[stage].RowsReadCount);
            table.Add(
                rows[0].Stages[stage].Name,
                Count(queries.Count * tiers.Count),
                Count(FindDifferences(stage).Count),
                Fixed(rowsRead, 0),
                Fixed(tiersRead, 0),
                Ratio(rowsRead, tiersRead));
        }

        return table;
    }

    public MarkdownTable Times()
    {
        MarkdownTable table = new(
            "query", "groups", "rows ms", "tiers ms", "ratio", "rows CPU ms", "tiers CPU ms", "ratio");
        for (int i = 0; i < queries.Count; i++)
        {
            int query = i;
            double rowsMs = Median(rows, round => round.Queries[query].ElapsedMs);
            double tiersMs = Median(tiers, round => round.Queries[query].ElapsedMs);
            double rowsCpuMs = Median(rows, round => round.Queries[query].CpuMs);
            double tiersCpuMs = Median(tiers, round => round.Queries[query].CpuMs);
            table.Add(
                queries[i].Name,
                Count(rows[0].Stages[0].Answers[i].Rows.Count),
                Fixed(rowsMs, 2),
                Fixed(tiersMs, 2),
                Ratio(rowsMs, tiersMs),
                Fixed(rowsCpuMs, 2),
                Fixed(tiersCpuMs, 2),
                Ratio(rowsCpuMs, tiersCpuMs));
        }

        return table;
    }

    public MarkdownTable Reads()
    {
        MarkdownTable table = new(
            "query", "rows", "by tiers", "blocks", "by tiers", "bytes", "by tiers");
        for (int i = 0; i < queries.Count; i++)
        {
            QueryReads raw = rows[0].Queries[i].Reads;
            QueryReads tiered = tiers[0].Queries[i].Reads;
            table.Add(
                queries[i].Name,
                Count(raw.RowCount),
                Count(tiered.RowCount),
                Count(raw.BlockCount),
                Count(tiered.BlockCount),
                Count(raw.SizeBytes),
                Count(tiered.SizeBytes));
        }

        return table;
    }

    public MarkdownTable Ingest()
    {
        MarkdownTable table = new("load", "without tiers", "with tiers", "ratio");
        Add("rows a second, acknowledged", static round => round.RowsPerSecond, 0);
        Add("CPU s, until acknowledged", static round => round.AcknowledgedCpuSeconds, 2);
        Add("CPU s, until flushed, merged and built", static round => round.SettledCpuSeconds, 2);
        Add("bytes written to the device", static round => round.WrittenBytes, 0);
        Add("bytes stored in the end", static round => round.StoredBytes, 0);
        return table;

        void Add(string name, Func<TierFigures, double> select, int digitCount)
        {
            double without = Median(rows, select);
            double with = Median(tiers, select);
            table.Add(name, Fixed(without, digitCount), Fixed(with, digitCount), Ratio(with, without));
        }
    }

    public MarkdownTable Sizes()
    {
        MarkdownTable table = new("tier", "buckets", "files", "bytes", "of the bytes without tiers");
        double storedBytes = Median(rows, static round => round.StoredBytes);
        foreach (TierState state in tiers[^1].Tiers)
        {
            table.Add(
                state.Every,
                Count(state.BucketCount),
                Count(state.FileCount),
                Count(state.SizeBytes),
                $"{Fixed(100 * state.SizeBytes / storedBytes, 1)} %");
        }

        return table;
    }

    private List<string> FindDifferences(int stage)
    {
        List<string> differences = [];
        IReadOnlyList<Answer> expected = rows[0].Stages[stage].Answers;
        foreach (TierStage tiered in tiers.Select(round => round.Stages[stage]))
        {
            for (int i = 0; i < queries.Count; i++)
            {
                if (AnswerComparison.FindDifference(tiered.Answers[i], expected[i]) is { } difference)
                {
                    differences.Add($"{queries[i].Name} after {tiered.Name}: {difference}");
                }
            }
        }

        return differences;
    }

    private static double Median(IReadOnlyList<TierFigures> rounds, Func<TierFigures, double> select) =>
        new Statistic(rounds.Select(select)).Median;

    // A query below the clock's tick has no ratio.
    private static string Ratio(double one, double other) =>
        one > 0 && other > 0 ? Fixed(one / other, 2) : "-";

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Fixed(double number, int digitCount) =>
        number.ToString($"N{digitCount}", CultureInfo.InvariantCulture);
}
