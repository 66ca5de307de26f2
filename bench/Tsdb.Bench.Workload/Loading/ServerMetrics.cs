using System.Globalization;
using System.Text;

namespace Tsdb.Bench.Workload.Loading;

/// <summary>
/// What a server says at <c>/metrics</c> at one moment: each sample under its name and labels, and each
/// metric, its labels summed up, under its name.
/// </summary>
internal static class ServerMetrics
{
    public static IReadOnlyDictionary<string, double> Read(HttpConnection connection)
    {
        Dictionary<string, double> metrics = new(StringComparer.Ordinal);
        string text = Encoding.UTF8.GetString(connection.Send("GET", "/metrics", []).Body);
        foreach (string line in text.Split('\n'))
        {
            int end = line.LastIndexOf(' ');
            if (end > 0 && line[0] != '#')
            {
                string sample = line[..end];
                string name = sample.Split('{')[0];
                double value = double.Parse(line[(end + 1)..], CultureInfo.InvariantCulture);
                metrics[name] = metrics.GetValueOrDefault(name) + value;
                metrics[sample] = name == sample ? metrics[name] : value;
            }
        }

        return metrics;
    }
}
