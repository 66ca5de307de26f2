using System.Globalization;
using System.Text;

namespace Tsdb.Bench.Workload.Reports;

/// <summary>
/// One diagram of an SVG picture: lines over named places, the vertical axis from 0. Greys and colours that
/// show on white as on black.
/// </summary>
/// <param name="left">Where the plot begins.</param>
/// <param name="title">What the vertical axis says.</param>
/// <param name="places">The horizontal axis, evenly spaced.</param>
internal sealed class Panel(double left, string title, IReadOnlyList<string> places)
{
    public const double Width = 330;
    public const double Height = 250;
    public const double Top = 50;

    private const int StepCount = 5;

    private static readonly string[] _colours = ["#2a9d8f", "#e08a1e", "#c2477f"];

    /// <summary>The colour of a line.</summary>
    public static string ColourOf(int line) => _colours[line % _colours.Length];

    /// <summary>Appends the diagram.</summary>
    /// <param name="svg">The picture.</param>
    /// <param name="lines">For each line a value at each place; not a number where there is none.</param>
    public void Draw(StringBuilder svg, IReadOnlyList<IReadOnlyList<double>> lines)
    {
        double step = FindStep(lines.SelectMany(static line => line).Where(double.IsFinite).Max());
        double highest = step * StepCount;
        Text(svg, left, Top - 14, "start", title, isBold: true);
        for (int i = 0; i <= StepCount; i++)
        {
            double y = YOf(step * i, highest);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{left:F0} {y:F1}h{Width:F0}\" ")
                .Append("stroke=\"#808080\" stroke-opacity=\"0.35\"/>\n");
            Text(svg, left - 6, y + 4, "end", (step * i).ToString("0.##", CultureInfo.InvariantCulture));
        }

        for (int i = 0; i < places.Count; i++)
        {
            Text(svg, XOf(i), Top + Height + 18, "middle", places[i]);
        }

        for (int i = 0; i < lines.Count; i++)
        {
            DrawLine(svg, lines[i], highest, ColourOf(i));
        }
    }

    /// <summary>Appends a text.</summary>
    public static void Text(
        StringBuilder svg, double x, double y, string anchor, string text, bool isBold = false) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\"")
            .Append(isBold ? " font-weight=\"bold\"" : "").Append('>').Append(text).Append("</text>\n");

    private void DrawLine(StringBuilder svg, IReadOnlyList<double> values, double highest, string colour)
    {
        StringBuilder path = new();
        for (int i = 0; i < values.Count; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                continue;
            }

            double y = YOf(values[i], highest);
            path.Append(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? 'M' : 'L')}{XOf(i):F1} {y:F1}");
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<circle cx=\"{XOf(i):F1}\" cy=\"{y:F1}\" r=\"3.5\" fill=\"{colour}\"/>\n");
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
    }

    private double XOf(int place) => left + (Width * (place + 0.5) / places.Count);

    private static double YOf(double value, double highest) => Top + (Height * (1 - (value / highest)));

    /// <summary>A round number of which five reach the highest value.</summary>
    private static double FindStep(double highest)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(highest / StepCount)));
        double[] steps = [1, 2, 2.5, 5, 10];
        return power * steps.First(step => step * power * StepCount >= highest);
    }
}
