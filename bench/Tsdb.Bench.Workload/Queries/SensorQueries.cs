namespace Tsdb.Bench.Workload.Queries;

/// <summary>Scans, downsampling, one raw series and gap filling over the mixed sensors.</summary>
internal static class SensorQueries
{
    private const string Hour =
        "ts >= TIMESTAMP '2023-11-14 22:30:00' AND ts < TIMESTAMP '2023-11-14 23:30:00'";

    // The grid of the reference begins a minute early, so that its first buckets have neighbours, as ours do
    // by
    // looking back; nothing looks ahead of the range, so what follows the last reading stays empty.
    private const string FilledByDuckDb = """
        WITH grid AS (
          SELECT sensor, b FROM (SELECT DISTINCT sensor FROM sensors WHERE {sensors}),
            (SELECT unnest(generate_series(TIMESTAMP '2023-11-14 22:29:00', TIMESTAMP '2023-11-14 23:29:59.5',
              INTERVAL 500 MILLISECOND)) AS b)),
        known AS (
          SELECT sensor, time_bucket(INTERVAL 500 MILLISECOND, ts) AS b, avg(value) AS v FROM sensors
          WHERE {sensors} AND ts >= TIMESTAMP '2023-11-14 22:29:00' AND ts < TIMESTAMP '2023-11-14 23:30:00'
          GROUP BY ALL),
        filled AS (
          SELECT sensor, b, fill(v) OVER (PARTITION BY sensor ORDER BY b) AS v,
            max(b) FILTER (WHERE v IS NOT NULL) OVER (PARTITION BY sensor) AS final
          FROM grid LEFT JOIN known USING (sensor, b))
        SELECT b AS ts, sensor, CASE WHEN b <= final THEN v END AS v FROM filled
        WHERE b >= TIMESTAMP '2023-11-14 22:30:00'
        """;

    /// <summary>The queries for a data set of so many sensors; named sensors are spread over them.</summary>
    public static IReadOnlyList<WorkloadQuery> Create(int sensorCount)
    {
        string ten =
            string.Join(", ", Enumerable.Range(100, 10).Select(pick => Sensor(sensorCount, pick)).Distinct());
        string filter = $"sensor IN ({ten})";
        return
        [
            new("scan-sum-avg", "SELECT count(*) AS n, sum(value) AS s, avg(value) AS a FROM sensors"),
            new("scan-min-max-stddev",
                "SELECT min(value) AS lo, max(value) AS hi, stddev_samp(value) AS sd FROM sensors"),
            new("downsample-1m-all",
                "SELECT sensor, date_trunc('minute', ts) AS minute, avg(value) AS a, min(value) AS lo, "
                + "max(value) AS hi, count(*) AS n FROM sensors GROUP BY sensor, minute"),
            new("one-series-1h-raw",
                $"SELECT ts, value FROM sensors WHERE sensor = {Sensor(sensorCount, 421)} AND {Hour}"),
            new("gapfill-linear-500ms",
                $"SELECT ts, sensor, avg(value) AS v FROM sensors WHERE {filter} AND {Hour} "
                + "SAMPLE BY 500ms FILL(LINEAR)",
                FilledByDuckDb.Replace("{sensors}", filter, StringComparison.Ordinal)),
        ];
    }

    private static string Sensor(int sensorCount, int pick) => $"'s_{(long)pick * sensorCount / 1000:D4}'";
}
