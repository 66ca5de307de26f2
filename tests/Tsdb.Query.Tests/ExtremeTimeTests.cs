namespace Tsdb.Query.Tests;

/// <summary>Buckets at both ends of the time that nanoseconds in 64 bits can tell.</summary>
public sealed class ExtremeTimeTests
{
    [Theory]
    [InlineData("100d")]
    [InlineData("36500d")]
    [InlineData("1M")]
    [InlineData("7y")]
    [InlineData("100000M")]
    [InlineData("1000000y")]
    public async Task Buckets_are_filled_from_the_first_instant_to_the_last(string every)
    {
        await using TestDatabase database = new();
        await database.WriteAsync(
            [$"t v=1 {long.MinValue}", $"t v=1 {long.MinValue + 1}", "t v=1 0", $"t v=1 {long.MaxValue}"]);
        long counted = database.Query($"SELECT ts, count(*) AS c FROM t SAMPLE BY {every} FILL(0)")
            .Sum(row => long.Parse(row.Split('|')[1]));
        Assert.Equal(4, counted);
    }

    [Fact]
    public async Task A_pattern_that_is_too_large_is_refused_by_its_place()
    {
        await using TestDatabase database = new();
        await database.WriteAsync(["t,host=a v=1 1"]);
        string pattern = string.Concat(Enumerable.Repeat("%a", 20_000));
        Assert.Throws<SqlException>(() => database.Query($"SELECT v FROM t WHERE host LIKE '{pattern}'"));
    }
}
