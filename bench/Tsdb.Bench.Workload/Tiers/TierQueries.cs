using Tsdb.Bench.Workload.Generation;
using Tsdb.Bench.Workload.Queries;

namespace Tsdb.Bench.Workload.Tiers;

/// <summary>Questions over all of the time there is, which tiers can answer.</summary>
internal static class TierQueries
{
    public static readonly string[] Tiers = ["1m", "1h", "1d"];

    public static WorkloadQuery[] Create()
    {
        string means = string.Join(
            ", ", CpuHosts.Fields.Select(static field => $"avg({field}) AS m_{field}"));
        return
        [
            new("count", "SELECT count(*) AS n FROM cpu"),
            new("avg by hour", Group("date_trunc('hour', ts) AS hour", "avg(usage_user) AS m", "hour")),
            new("avg by hour, host",
                Group("date_trunc('hour', ts) AS hour, hostname", "avg(usage_user) AS m", "hour, hostname")),
            new("all ten by hour, host",
                Group("date_trunc('hour', ts) AS hour, hostname", means, "hour, hostname")),
            new("avg by day, host",
                Group("date_trunc('day', ts) AS day, hostname", "avg(usage_user) AS m", "day, hostname")),
            new("avg by month", Group("date_trunc('month', ts) AS month", "avg(usage_user) AS m", "month")),
            new("min, max by day, host",
                Group(
                    "date_trunc('day', ts) AS day, hostname",
                    "min(usage_user) AS lo, max(usage_user) AS hi",
                    "day, hostname")),
            new("max by minute, one host",
                "SELECT date_trunc('minute', ts) AS minute, max(usage_user) AS hi FROM cpu "
                + "WHERE hostname = 'host_0' GROUP BY minute ORDER BY minute"),
        ];
    }

    private static string Group(string keys, string values, string groups) =>
        $"SELECT {keys}, {values} FROM cpu GROUP BY {groups} ORDER BY {groups}";
}
