namespace Tsdb.Query.Tests;

/// <summary>Random aggregate queries against a naive evaluation of the same rows.</summary>
public sealed class DifferentialTests
{
    private const int QueryCount = 150;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 3)]
    public async Task Aggregates_are_what_a_naive_evaluation_gives(int seed, int workerCount)
    {
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        RandomRows data = new(seed, seriesCount: 13, rowsPerSeries: 2500);
        await using TestDatabase database = new(new QueryOptions { WorkerCount = workerCount });
        string[] lines = [.. data.Lines];

        // Half of it in segments, some of that late and mixed up, the rest in memory.
        new Random(seed).Shuffle(lines.AsSpan(0, 3000));
        await database.WriteAsync(lines[..(lines.Length / 2)]);
        await database.Storage.FlushAsync(TestContext.Current.CancellationToken);
        await database.WriteAsync(lines[(lines.Length / 2)..]);
        Random random = new(seed);
        for (int i = 0; i < QueryCount; i++)
        {
            if (i == QueryCount / 2)
            {
                await database.Storage.FlushAsync(TestContext.Current.CancellationToken);
            }

            RandomQuery query = new(random);
            List<string> actual = database.Query(query.Sql);
            actual.Sort(StringComparer.Ordinal);
            List<string> expected = query.Evaluate(data.Rows);
            Assert.True(
                AreSame(expected, actual),
                $"seed {seed}, query {i}: {query.Sql}\n{FirstDifference(expected, actual)}");
        }
    }

    [Theory]
    [InlineData("time_bucket('300s', ts)", "DESC", 7, 2)]
    [InlineData("time_bucket('300s', ts)", "ASC", 7, 1)]
    [InlineData("time_bucket('60s', ts), host", "DESC, host", 40, 3)]
    public async Task A_limit_on_buckets_gives_the_first_of_all_groups(
        string keys, string direction, int limit, int workerCount)
    {
        RandomRows data = new(7, seriesCount: 13, rowsPerSeries: 1500);
        await using TestDatabase database = new(new QueryOptions { WorkerCount = workerCount });
        await database.WriteAsync(data.Lines);
        string sql = $"SELECT {keys}, count(*), sum(n), max(x) FROM t GROUP BY {keys} ORDER BY 1 {direction}";
        List<string> all = database.Query(sql);
        Assert.True(all.Count > limit);
        Assert.Equal(all[..limit], database.Query($"{sql} LIMIT {limit}"));
        Assert.Equal(all[3..limit], database.Query($"{sql} LIMIT {limit - 3} OFFSET 3"));
    }

    private static bool AreSame(List<string> expected, List<string> actual) =>
        expected.Count == actual.Count && expected.Zip(actual).All(pair => IsSame(pair.First, pair.Second));

    private static bool IsSame(string expected, string actual)
    {
        string[] left = expected.Split('|');
        string[] right = actual.Split('|');
        return left.Length == right.Length
            && left.Zip(right).All(pair => RandomQuery.IsSame(pair.First, pair.Second));
    }

    private static string FirstDifference(List<string> expected, List<string> actual)
    {
        int row = 0;
        while (row < expected.Count && row < actual.Count && IsSame(expected[row], actual[row]))
        {
            row++;
        }

        return $"row {row} of {expected.Count}, {actual.Count}:\n"
            + $"{expected.ElementAtOrDefault(row)}\n{actual.ElementAtOrDefault(row)}";
    }
}
