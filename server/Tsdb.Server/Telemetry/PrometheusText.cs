using System.Globalization;
using System.Text;

namespace Tsdb.Server.Telemetry;

/// <summary>Writes metrics in Prometheus' text format, version 0.0.4.</summary>
internal sealed class PrometheusText
{
    private readonly StringBuilder _text = new();

    /// <summary>Starts a metric; its samples follow.</summary>
    public PrometheusText Metric(string name, string type, string help)
    {
        _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
        return this;
    }

    /// <summary>A sample.</summary>
    /// <param name="name">With its suffix, if it has one.</param>
    /// <param name="value">Its value.</param>
    /// <param name="labels">As <c>key="value"</c>, comma-separated.</param>
    public PrometheusText Sample(string name, double value, string labels = "")
    {
        _text.Append(name);
        if (labels.Length > 0)
        {
            _text.Append('{').Append(labels).Append('}');
        }

        _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    /// <summary>A histogram's samples; counts are of each bucket alone.</summary>
    public PrometheusText Histogram(
        string name,
        IReadOnlyList<double> boundsSeconds,
        IReadOnlyList<long> counts,
        double sumSeconds,
        string labels)
    {
        long total = 0;
        string separator = labels.Length > 0 ? "," : "";
        for (int i = 0; i < counts.Count; i++)
        {
            total += counts[i];
            string bound = i < boundsSeconds.Count
                ? boundsSeconds[i].ToString("R", CultureInfo.InvariantCulture)
                : "+Inf";
            Sample($"{name}_bucket", total, $"{labels}{separator}le=\"{bound}\"");
        }

        return Sample($"{name}_sum", sumSeconds, labels).Sample($"{name}_count", total, labels);
    }

    /// <summary>All of it, UTF-8.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(_text.ToString());
}
