using Tsdb.Bench.Workload.Generation;

namespace Tsdb.Bench.Workload.Queries;

/// <summary>
/// The TSBS cpu-only queries. An asterisk: TSBS asks for 8 to 12 hours; the rows span 1.8, and all of it is
/// asked for.
/// </summary>
internal static class CpuQueries
{
    private const string Hour =
        "ts >= TIMESTAMP '2016-01-01 00:30:00' AND ts < TIMESTAMP '2016-01-01 01:30:00'";
    private const string All =
        "ts >= TIMESTAMP '2016-01-01 00:00:00' AND ts < TIMESTAMP '2016-01-01 01:48:00'";
    private const string Minute = "date_trunc('minute', ts) AS minute";
    private const string PerHour = "date_trunc('hour', ts) AS hour";

    /// <summary>The queries for a data set of so many hosts; named hosts are spread over them.</summary>
    public static IReadOnlyList<WorkloadQuery> Create(int hostCount)
    {
        string one = Host(hostCount, 1234);
        int[] picks = [17, 249, 1234, 1777, 2500, 2999, 3456, 3999];
        string eight = string.Join(", ", picks.Select(pick => Host(hostCount, pick)).Distinct());
        return
        [
            Group("single-groupby-1-1-1", Minute, Max(1), $"hostname = {one} AND {Hour}", "minute"),
            Group("single-groupby-1-1-12*", Minute, Max(1), $"hostname = {one} AND {All}", "minute"),
            Group("single-groupby-5-8-1", Minute, Max(5), $"hostname IN ({eight}) AND {Hour}", "minute"),
            Group("cpu-max-all-1*", PerHour, Max(10), $"hostname = {one} AND {All}", "hour"),
            Group("cpu-max-all-8*", PerHour, Max(10), $"hostname IN ({eight}) AND {All}", "hour"),
            Group("double-groupby-1*", PerHour + ", hostname", Mean(1), All, "hour, hostname"),
            Group("double-groupby-5*", PerHour + ", hostname", Mean(5), All, "hour, hostname"),
            Group("double-groupby-all*", PerHour + ", hostname", Mean(10), All, "hour, hostname"),
            new("high-cpu-1*", $"SELECT * FROM cpu WHERE usage_user > 90 AND hostname = {one} AND {All}"),
            new("high-cpu-all*", $"SELECT * FROM cpu WHERE usage_user > 90 AND {All}"),
            new("lastpoint", "SELECT * FROM cpu LATEST ON ts PARTITION BY hostname",
                "SELECT DISTINCT ON (hostname) * FROM cpu ORDER BY hostname, ts DESC"),
            new("groupby-orderby-limit",
                $"SELECT {Minute}, {Max(1)} FROM cpu WHERE ts < TIMESTAMP '2016-01-01 01:30:00' "
                + "GROUP BY minute ORDER BY minute DESC LIMIT 5"),
            new("count", "SELECT count(*) AS n, sum(usage_user) AS a, sum(usage_guest_nice) AS b FROM cpu"),
        ];
    }

    private static WorkloadQuery Group(
        string name, string keys, string values, string filter, string groups) =>
        new(name, $"SELECT {keys}, {values} FROM cpu WHERE {filter} GROUP BY {groups} ORDER BY {groups}");

    private static string Max(int fieldCount) =>
        string.Join(", ", CpuHosts.Fields.Take(fieldCount).Select(field => $"max({field}) AS max_{field}"));

    private static string Mean(int fieldCount) =>
        string.Join(", ", CpuHosts.Fields.Take(fieldCount).Select(field => $"avg({field}) AS mean_{field}"));

    private static string Host(int hostCount, int pick) => $"'host_{(long)pick * hostCount / 4000}'";
}
