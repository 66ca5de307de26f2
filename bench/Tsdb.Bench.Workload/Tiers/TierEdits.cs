using System.Globalization;
using System.Text;
using Tsdb.Bench.Workload.Generation;

namespace Tsdb.Bench.Workload.Tiers;

/// <summary>What befalls rows long after tiers were built of them.</summary>
/// <param name="hosts">Those of the load; only their tags are read.</param>
internal sealed class TierEdits(CpuHosts hosts)
{
    private const int LateHostCountMax = 3;
    private const int LateStepCountMax = 1000;

    // Beyond what any load has: a late row that is missed changes an answer.
    private const int LateLevel = 1000;

    /// <summary>Rows in the middle of the time there is, each second one in the place of another.</summary>
    public byte[] LateLines()
    {
        StringBuilder text = new();
        int firstStep = hosts.StepCount / 2;
        int stepCount = Math.Min(LateStepCountMax, hosts.StepCount - firstStep);
        for (int host = 0; host < Math.Min(LateHostCountMax, hosts.HostCount); host++)
        {
            string key = "cpu" + string.Concat(CpuHosts.TagKeys.Select(
                (tag, i) => $",{tag}={hosts.Tags[host][i]}"));
            for (int i = 0; i < stepCount; i++)
            {
                long second = SecondOf(firstStep + i) + (i % 2 * CpuHosts.StepSeconds / 2);
                string fields = string.Join(
                    ',', CpuHosts.Fields.Select((field, f) => $"{field}={LateLevel + i + f}i"));
                text.Append(CultureInfo.InvariantCulture, $"{key} {fields} {second}000000000\n");
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Deletes an eighth of a host's time; its ends are not those of a bucket.</summary>
    public string DeleteSql()
    {
        long begin = SecondOf(hosts.StepCount / 4) + 1;
        long end = begin + (CpuHosts.StepSeconds * (hosts.StepCount / 8L));
        return $"DELETE FROM cpu WHERE hostname = 'host_0' AND ts >= '{Text(begin)}' AND ts < '{Text(end)}'";
    }

    private static long SecondOf(int step) =>
        CpuHosts.FirstSecond + ((long)CpuHosts.StepSeconds * step);

    private static string Text(long second) =>
        DateTimeOffset.FromUnixTimeSeconds(second)
            .ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
