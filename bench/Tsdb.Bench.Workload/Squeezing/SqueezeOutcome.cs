using System.Globalization;
using Tsdb.Bench.Workload.Reports;

namespace Tsdb.Bench.Workload.Squeezing;

/// <summary>What a run under one limit has shown.</summary>
/// <param name="Limit">As on the command line.</param>
/// <param name="Seconds">How long it ran.</param>
/// <param name="Load">What was sent and asked.</param>
/// <param name="Watch">What was seen meanwhile.</param>
/// <param name="PeakRssBytes">The system's VmHWM.</param>
/// <param name="CountedRows">Rows that a query found at the end.</param>
internal sealed record SqueezeOutcome(
    string Limit,
    int Seconds,
    SqueezeLoad Load,
    SqueezeWatch Watch,
    long PeakRssBytes,
    long CountedRows)
{
    private const double MiB = 1 << 20;

    /// <summary>Whether all that is promised held.</summary>
    public bool IsKept =>
        PeakRssBytes <= LimitBytes && Load.ErrorCount == 0 && CountedRows == Load.RowCount && CountedRows > 0;

    private long LimitBytes =>
        long.Parse(Limit[..^1], CultureInfo.InvariantCulture) << (Limit[^1] == 'G' ? 30 : 20);

    public void Describe(Report report)
    {
        MarkdownTable table = new("figure", "value");
        table.Add("limit, MiB", Show(LimitBytes / MiB, "F0"));
        table.Add("peak RSS, MiB", Show(PeakRssBytes / MiB, "F0"));
        table.Add("peak RSS, % of the limit", Show(100.0 * PeakRssBytes / LimitBytes, "F0"));
        table.Add("rows acknowledged", $"{Load.RowCount}");
        table.Add("rows counted at the end", $"{CountedRows}");
        table.Add("M rows a second", Show(Load.RowCount / 1e6 / Seconds, "F2"));
        table.Add("write of a batch, ms: p50", Show(Load.Writes.Done.QuantileMs(0.5), "F0"));
        table.Add("write of a batch, ms: p99", Show(Load.Writes.Done.QuantileMs(0.99), "F0"));
        table.Add("write of a batch, ms: slowest", Show(Load.Writes.Done.SlowestMs, "F0"));
        table.Add("writes refused for later", $"{Load.Writes.LaterCount}");
        table.Add("queries answered", $"{Load.Queries.Done.Count}");
        table.Add("queries refused for later", $"{Load.Queries.LaterCount}");
        table.Add("queries refused by their limit", $"{Load.Queries.LimitCount}");
        table.Add("merges of everything", $"{Load.Merges.Count}");
        table.Add("other errors", $"{Load.ErrorCount}");
        report.Add($"## Limit {Limit}: {(IsKept ? "kept" : "NOT KEPT")}");
        report.Add(table);
        AddTexts(report, "Refusals as worded", Load.Writes.Refusals.Concat(Load.Queries.Refusals)
            .Select(static refusal => $"{refusal.Value} × {refusal.Key}"));
        AddTexts(report, "Errors", Load.Writes.Errors.Concat(Load.Queries.Errors));
        AddTexts(report, "Charged at the highest RSS seen", Watch.AccountsAtPeak);
    }

    private static void AddTexts(Report report, string title, IEnumerable<string> texts)
    {
        string[] lines = [.. texts.Select(static text => $"    {text.ReplaceLineEndings(" ")}")];
        if (lines.Length > 0)
        {
            report.Add($"{title}:\n\n{string.Join('\n', lines)}");
        }
    }

    private static string Show(double value, string format) =>
        value.ToString(format, CultureInfo.InvariantCulture);
}
