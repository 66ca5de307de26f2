namespace Tsdb.Query.Tests;

/// <summary>Time buckets at the first and the last instants there are.</summary>
public sealed class BucketEdgeTests
{
    private static readonly string[] _lines =
    [
        "t,host=a v=1 -9223372036854775000",
        "t,host=a v=2 -9223000000000000000",
        "t,host=a v=3 0",
        "t,host=a v=4 9223372036854775807",
    ];

    [Theory]
    [InlineData("30d")]
    [InlineData("100000d")]
    [InlineData("7M")]
    [InlineData("1y")]
    [InlineData("10000y")]
    [InlineData("2147483647M")]
    public async Task Filling_from_the_first_instant_on_keeps_every_row(string every)
    {
        await using TestDatabase database = new();
        await database.WriteAsync(_lines);
        string filled = $"FROM t WHERE ts >= '1677-09-21T00:12:43.2' SAMPLE BY {every} FILL(0)";
        Assert.Equal(3, Sum(database.Query($"SELECT ts, count(v) {filled}")));
        Assert.Equal(4, Sum(database.Query($"SELECT ts, count(v) FROM t SAMPLE BY {every} FILL(0)")));
        string from = "ts <= '2262-04-11T23:47:16.854775807Z'";
        Assert.Equal(
            4, Sum(database.Query($"SELECT ts, count(v) FROM t WHERE {from} SAMPLE BY {every} FILL(0)")));
    }

    [Fact]
    public async Task Buckets_after_one_that_begins_before_the_first_instant_lie_on_the_grid()
    {
        await using TestDatabase database = new();
        await database.WriteAsync(_lines);
        Assert.Equal(
            ["1677-09-21T00:12:43.145224192Z", "1677-10-01T00:00:00Z", "1677-11-01T00:00:00Z"],
            database.Query("SELECT ts FROM t WHERE ts >= '1677-09-22' SAMPLE BY 1M FILL(NULL) LIMIT 3"));
        Assert.Equal(
            ["1677-09-21T00:12:43.145224192Z", "1677-10-01T00:00:00Z", "1678-05-01T00:00:00Z"],
            database.Query("SELECT ts FROM t WHERE ts >= '1677-09-22' SAMPLE BY 7M FILL(NULL) LIMIT 3"));
        Assert.Equal(
            ["1677-09-21T00:12:43.145224192Z", "1677-10-03T00:00:00Z", "1677-11-02T00:00:00Z"],
            database.Query("SELECT ts FROM t WHERE ts >= '1677-09-22' SAMPLE BY 30d FILL(NULL) LIMIT 3"));
    }

    [Fact]
    public async Task Buckets_longer_than_all_of_time_have_two_starts()
    {
        await using TestDatabase database = new();
        await database.WriteAsync(_lines);
        Assert.Equal(
            ["1677-09-21T00:12:43.145224192Z|2", "1970-01-01T00:00:00Z|2"],
            database.Query("SELECT ts, count(*) FROM t SAMPLE BY 10000y FILL(NULL)"));
    }

    private static long Sum(List<string> rows) => rows.Sum(
        row => long.Parse(row.Split('|')[1], System.Globalization.CultureInfo.InvariantCulture));
}
