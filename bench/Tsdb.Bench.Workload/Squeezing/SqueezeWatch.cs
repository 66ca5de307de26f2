using System.Text;
using Tsdb.Bench.Workload.Loading;

namespace Tsdb.Bench.Workload.Squeezing;

/// <summary>Follows what the system says of a process's memory, which the process itself has no part
/// in.</summary>
internal sealed class SqueezeWatch(ProcessMeter meter)
{
    /// <summary>Largest resident size seen by looking.</summary>
    public long SeenRssBytesMax { get; private set; }

    /// <summary>What the server's own accounts had charged at that time; labels as they came.</summary>
    public IReadOnlyList<string> AccountsAtPeak { get; private set; } = [];

    /// <summary>Looks once.</summary>
    public long Look(HttpConnection connection)
    {
        long rssBytes = meter.RssBytes();
        if (rssBytes > SeenRssBytesMax)
        {
            SeenRssBytesMax = rssBytes;
            string text = Encoding.UTF8.GetString(connection.Send("GET", "/metrics", []).Body);
            AccountsAtPeak =
            [
                .. text.Split('\n').Where(static line =>
                    line.StartsWith("tsdb_memory_account_bytes{", StringComparison.Ordinal)
                    || line.StartsWith("dotnet_gc_heap_", StringComparison.Ordinal)
                    || line.StartsWith("dotnet_gc_committed_", StringComparison.Ordinal)),
            ];
        }

        return rssBytes;
    }
}
