using System.Text;

namespace Tsdb.Bench.Workload.Reports;

/// <summary>A table that reads well both in a terminal and as markdown.</summary>
internal sealed class MarkdownTable(params string[] heads)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        int[] widths = heads.Select((head, i) => _rows.Append(heads).Max(row => row[i].Length)).ToArray();
        StringBuilder text = new();
        AppendRow(text, heads, widths);
        AppendRow(text, widths.Select(
            (width, i) => i == 0 ? new string('-', width) : Dashes(width)).ToArray(), widths);
        foreach (string[] row in _rows)
        {
            AppendRow(text, row, widths);
        }

        return text.ToString();
    }

    private static string Dashes(int width) => new string('-', Math.Max(1, width - 1)) + ':';

    private static void AppendRow(StringBuilder text, string[] cells, int[] widths)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            text.Append("| ");
            text.Append(i == 0 ? cells[i].PadRight(widths[i]) : cells[i].PadLeft(widths[i]));
            text.Append(' ');
        }

        text.Append("|\n");
    }
}
