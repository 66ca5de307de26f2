using System.Globalization;
using System.Text;

namespace Tsdb.Bench.Workload.Loading;

/// <summary>What a server says at <c>/metrics</c> at one moment, the labels of a metric summed up.</summary>
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
                string name = line[..end].Split('{')[0];
                double value = double.Parse(line[(end + 1)..], CultureInfo.InvariantCulture);
                metrics[name] = metrics.GetValueOrDefault(name) + value;
            }
        }

        return metrics;
    }
}
