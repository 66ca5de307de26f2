
namespace Tsdb.Query.Tests;

/// <summary>The query set of the TSBS comparison parses, runs, and uses what its plan says.</summary>
public sealed class TsbsTests
{
    private const string ByMinute = "GROUP BY minute ORDER BY minute";
    private const string Minutes = "SELECT date_trunc('minute', time) AS minute, ";
    private const string OneHour =
        "time >= TIMESTAMP '2016-01-01 00:30:00' AND time < TIMESTAMP '2016-01-01 01:30:00'";
    private const string All =
        "time >= TIMESTAMP '2016-01-01 00:00:00' AND time < TIMESTAMP '2016-01-01 01:48:00'";
    private const long StartNs = 1_451_606_400_000_000_000;

    private const string Hour = "date_trunc('hour', time) AS hour";

    public static TheoryData<string, int> Queries => new()
    {
        { $"{Minutes}max(usage_user) FROM cpu WHERE hostname = 'host_1' AND {OneHour} {ByMinute}", 60 },
        {
            $"{Minutes}max(usage_user), max(usage_system) FROM cpu "
                + $"WHERE hostname IN ('host_1','host_3') AND {OneHour} {ByMinute}",
            60
        },
        {
            $"SELECT {Hour}, max(usage_user) FROM cpu WHERE hostname = 'host_1' AND {All} "
                + "GROUP BY hour ORDER BY hour",
            2
        },
        {
            $"SELECT {Hour}, hostname, avg(usage_user) AS mean_usage_user FROM cpu WHERE {All} "
                + "GROUP BY hour, hostname ORDER BY hour, hostname",
            8
        },
        { $"SELECT * FROM cpu WHERE usage_user > 90 AND hostname = 'host_1' AND {All}", 58 },
        { $"SELECT * FROM cpu WHERE usage_user > 90 AND {All}", 232 },
        { "SELECT * FROM cpu LATEST ON ts PARTITION BY hostname", 4 },
        { "SELECT hostname, max(time), arg_max(usage_user, time) FROM cpu GROUP BY hostname", 4 },
        {
            $"{Minutes}max(usage_user) FROM cpu WHERE time < TIMESTAMP '2016-01-01 01:30:00' "
                + $"{ByMinute} DESC LIMIT 5",
            5
        },
        { "SELECT count(*), sum(usage_user), sum(usage_system) FROM cpu", 1 },
        { "SELECT count(*), sum(usage_user), avg(usage_user) FROM cpu", 1 },
        { "SELECT min(usage_user), max(usage_user), stddev_samp(usage_user) FROM cpu", 1 },
        {
            "SELECT hostname, date_trunc('minute', time) AS minute, avg(usage_user), min(usage_user), "
                + "max(usage_user), count(*) FROM cpu GROUP BY hostname, minute",
            432
        },
        { $"SELECT time, usage_user FROM cpu WHERE hostname = 'host_2' AND {OneHour}", 360 },
        {
            "SELECT ts, hostname, avg(usage_user) FROM cpu "
                + $"WHERE hostname IN ('host_1','host_2') AND {OneHour} SAMPLE BY 500ms FILL(LINEAR)",
            14_400
        },
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task A_query_of_the_set_gives_its_rows_from_memory_and_from_segments(
        string sql, int rowCount)
    {
        await using TestDatabase database = new();
        await database.WriteAsync(Lines());
        List<string> fromMemory = database.Query(sql);
        Assert.Equal(rowCount, fromMemory.Count);
        await database.Storage.FlushAsync(TestContext.Current.CancellationToken);
        List<string> fromSegments = database.Query(sql);
        fromMemory.Sort(StringComparer.Ordinal);
        fromSegments.Sort(StringComparer.Ordinal);
        Assert.Equal(fromMemory, fromSegments);
    }

    [Fact]
    public async Task Whole_blocks_are_counted_and_summed_without_being_decoded()
    {
        await using TestDatabase database = new();
        await database.WriteAsync(Lines());
        await database.Storage.FlushAsync(TestContext.Current.CancellationToken);
        using QueryResult result = database.Reads.Execute(
            new QueryRequest("SELECT count(*), sum(usage_user), max(usage_system) FROM cpu"),
            TestContext.Current.CancellationToken);
        Assert.True(result.MoveNext());
        Assert.Equal(4 * 648, result.Current.Columns[0].Longs[0]);
        Assert.False(result.MoveNext());
        Assert.Equal(0, result.Statistics.BlocksRead);
        Assert.Equal(4, result.Statistics.BlocksFromStatistics);
        Assert.Equal(0, result.Statistics.BytesRead);
    }

    [Fact]
    public async Task Blocks_whose_statistics_refute_the_condition_are_pruned()
    {
        await using TestDatabase database = new();
        await database.WriteAsync(Lines());
        await database.Storage.FlushAsync(TestContext.Current.CancellationToken);
        using QueryResult result = database.Reads.Execute(
            new QueryRequest("SELECT * FROM cpu WHERE usage_user > 100"),
            TestContext.Current.CancellationToken);
        Assert.False(result.MoveNext());
        Assert.Equal((4, 0), (result.Statistics.BlocksPruned, result.Statistics.BlocksRead));
    }

    // 4 hosts, 1.8 hours, a row every ten seconds: 648 rows each; usage_user runs through 0 … 99.
    private static IEnumerable<string> Lines()
    {
        for (int i = 0; i < 648; i++)
        {
            for (int host = 0; host < 4; host++)
            {
                yield return $"cpu,hostname=host_{host},region=r{host % 2} "
                    + $"usage_user={((i * 7) + host) % 100}i,usage_system={(i + host) / 10.0:F1} "
                    + $"{StartNs + (i * 10_000_000_000L)}";
            }
        }
    }
}
