using System.Globalization;
using System.Text;
using Tsdb.Bench.Workload.Reports;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>The curve of late rows as a picture: rate and writing over the share of late rows.</summary>
internal sealed class LatePicture(IReadOnlyList<LateCell> cells, IReadOnlyList<string> lateness)
{
    private const double FirstLeft = 50;
    private const double SecondLeft = FirstLeft + Panel.Width + 60;

    private readonly int[] _latePercents =
        [.. cells.Select(static cell => cell.LatePercent).Distinct().Order()];

    /// <summary>The SVG text.</summary>
    public string Draw()
    {
        double width = SecondLeft + Panel.Width + 20;
        double height = Panel.Top + Panel.Height + 80;
        StringBuilder svg = new();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:F0} {height:F0}\" ")
            .Append("font-family=\"sans-serif\" font-size=\"13\" fill=\"#808080\">\n")
            .Append("<title>What late rows cost: rate and write amplification</title>\n");
        string[] places = [.. _latePercents.Select(static percent => $"{percent} %")];
        new Panel(FirstLeft, "M points per server CPU second", places)
            .Draw(svg, LinesOf(static cell => cell.PointsPerCpuSecond / 1e6));
        new Panel(SecondLeft, "write amplification, log included", places)
            .Draw(svg, LinesOf(static cell => cell.Amplification));
        foreach (double left in new[] { FirstLeft, SecondLeft })
        {
            double middle = left + (Panel.Width / 2);
            Panel.Text(svg, middle, Panel.Top + Panel.Height + 38, "middle", "rows that are late");
        }

        for (int i = 0; i < lateness.Count; i++)
        {
            double x = FirstLeft + (i * 140);
            double y = height - 14;
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<path d=\"M{x:F0} {y - 4:F0}h24\" stroke=\"{Panel.ColourOf(i)}\" stroke-width=\"3\"/>\n");
            Panel.Text(svg, x + 30, y, "start", $"late by up to {lateness[i]}");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private List<IReadOnlyList<double>> LinesOf(Func<LateCell, double> of) =>
    [
        .. lateness.Select(name => (IReadOnlyList<double>)
            [.. _latePercents.Select(percent => ValueAt(percent, name, of))]),
    ];

    /// <summary>Without late rows all lines begin at the same point.</summary>
    private double ValueAt(int latePercent, string name, Func<LateCell, double> of)
    {
        foreach (LateCell cell in cells)
        {
            if (cell.LatePercent == latePercent && (latePercent == 0 || cell.Lateness == name))
            {
                return of(cell);
            }
        }

        return double.NaN;
    }
}
