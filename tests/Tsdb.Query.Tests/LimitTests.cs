using Tsdb.Core;

namespace Tsdb.Query.Tests;

/// <summary>Limits, cancellation and parameters of a query.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task More_rows_than_the_limit_stop_the_query()
    {
        await using TestDatabase database = new(new QueryOptions { RowCountMax = 10 });
        await database.WriteAsync(new RandomRows(1, 2, 10).Lines);
        QueryLimitException error = Assert.Throws<QueryLimitException>(
            () => database.Query("SELECT * FROM t"));
        Assert.Equal(QueryLimit.Rows, error.Limit);
        Assert.Equal(10, database.Query("SELECT * FROM t LIMIT 10").Count);
    }

    [Theory]
    [InlineData("SELECT * FROM t ORDER BY x")]
    [InlineData("SELECT ts, host, n, count(*) FROM t GROUP BY ts, host, n")]
    [InlineData("SELECT ts, host, avg(x) FROM t WHERE ts >= '1970-01-01' SAMPLE BY 1us FILL(NULL)")]
    public async Task Memory_beyond_the_limit_is_refused_and_not_taken(string sql)
    {
        await using TestDatabase database = new(new QueryOptions { MemoryBytesMax = 20_000 });
        await database.WriteAsync(new RandomRows(1, 2, 1000).Lines);
        QueryLimitException error = Assert.Throws<QueryLimitException>(() => database.Query(sql));
        Assert.Equal(QueryLimit.Memory, error.Limit);
    }

    [Fact]
    public async Task A_query_over_what_all_have_together_is_refused_and_others_go_on()
    {
        const string Large = "SELECT * FROM t ORDER BY x";
        MemoryBudget budget = MemoryBudget.Create(20_000_000);
        await using TestDatabase database = new(new QueryOptions { Memory = budget });
        await database.WriteAsync(new RandomRows(1, 2, 1000).Lines);
        using (MemoryAccount others = budget.Queries.CreateChild("others"))
        {
            others.Charge(budget.Queries.LimitBytes);
            QueryLimitException error = Assert.Throws<QueryLimitException>(() => database.Query(Large));
            Assert.Equal(QueryLimit.SharedMemory, error.Limit);
            Assert.Single(database.Query("SELECT ts FROM t LIMIT 1"));
        }

        Assert.NotEmpty(database.Query(Large));
        MemoryBudget tiny = MemoryBudget.Create(500_000);
        await using TestDatabase other = new(new QueryOptions { Memory = tiny });
        await other.WriteAsync(new RandomRows(1, 2, 1000).Lines);
        Assert.Equal(
            QueryLimit.Memory, Assert.Throws<QueryLimitException>(() => other.Query(Large)).Limit);
        Assert.True(budget.Queries.RefusalCount > 0);
        Assert.Equal(0, budget.Queries.UsedBytes);
        Assert.Contains(
            database.Query("SHOW MEMORY"),
            row => row.StartsWith("process/queries|0|", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("SELECT note FROM t")]
    [InlineData("SELECT max(note) FROM t")]
    [InlineData("SELECT n::text FROM t")]
    [InlineData("SELECT count(*) FROM t WHERE n::text = 'n'")]
    [InlineData("SELECT max(concat(host, n::text)) FROM t")]
    public async Task Texts_count_as_memory(string sql)
    {
        await using TestDatabase database = new(new QueryOptions { MemoryBytesMax = 40_000 });
        await database.WriteAsync(
            Enumerable.Range(0, 1000).Select(i => $"t,host=h{i} note=\"note {i}\",n={i}i {i}"));
        QueryLimitException error = Assert.Throws<QueryLimitException>(() => database.Query(sql));
        Assert.Equal(QueryLimit.Memory, error.Limit);
        Assert.Equal(["50"], database.Query("SELECT count(note) FROM t WHERE n < 50 AND note <> 'n'"));
    }

    [Theory]
    [InlineData("note LIKE 'note 1999%'", 11)]
    [InlineData("note = 'note 19999' OR note = 'note 7'", 2)]
    [InlineData("note >= 'note 9' AND note <> 'note 9'", 1110)]
    public async Task A_filter_does_not_hold_the_texts_it_looked_at(string condition, int rowCount)
    {
        await using TestDatabase database = new(new QueryOptions { MemoryBytesMax = 1_500_000 });
        await database.WriteAsync(Enumerable.Range(0, 20_000).Select(i => $"t,host=a note=\"note {i}\" {i}"));
        await database.Storage.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal([$"{rowCount}"], database.Query($"SELECT count(*) FROM t WHERE {condition}"));
    }

    [Theory]
    [InlineData("SELECT n FROM t")]
    [InlineData("SELECT max(n) FROM t")]
    [InlineData("SELECT n FROM t LATEST ON ts PARTITION BY host")]
    public async Task A_column_that_becomes_float_while_a_query_runs_asks_for_another_run(string sql)
    {
        await using TestDatabase database = new();
        await database.WriteAsync(["t,host=a n=1i 1"]);
        using QueryResult result = database.Reads.Execute(
            new QueryRequest(sql), TestContext.Current.CancellationToken);
        await database.WriteAsync(["t,host=a n=1.5 2"]);
        SqlException error = Assert.Throws<SqlException>(() => result.MoveNext());
        Assert.Equal("run the query again", error.Hint);
        Assert.Contains("1.5", database.Query(sql));
    }

    [Fact]
    public async Task A_cancelled_query_stops_at_its_next_block()
    {
        await using TestDatabase database = new();
        await database.WriteAsync(new RandomRows(1, 2, 10).Lines);
        using CancellationTokenSource source = new();
        using QueryResult result = database.Reads.Execute(new QueryRequest("SELECT * FROM t"), source.Token);
        await source.CancelAsync();
        Assert.Throws<OperationCanceledException>(() => result.MoveNext());
    }

    [Theory]
    [InlineData("1", " + 1", "")]
    [InlineData("true", " OR false", "")]
    [InlineData("", "(", "")]
    [InlineData("", "- ", "1")]
    [InlineData("", "NOT ", "true")]
    [InlineData("", "abs(", "1")]
    [InlineData("", "CASE WHEN ", "true")]
    [InlineData("1", "::int", "")]
    [InlineData("1.5 IN (1", ",2", ")")]
    [InlineData("concat('a'", ",'b'", ")")]
    public async Task Endless_expressions_are_refused_before_they_exhaust_the_stack(
        string head, string part, string tail)
    {
        await using TestDatabase database = new();
        string sql = $"SELECT {head}{string.Concat(Enumerable.Repeat(part, 20_000))}{tail}";
        Assert.Throws<SqlException>(() => database.Query(sql));
    }

    [Fact]
    public async Task As_many_operators_as_are_allowed_do_not_exhaust_the_stack()
    {
        await using TestDatabase database = new();
        await database.WriteAsync(["t,host=a x=1 1000000000"]);
        string sum = $"x{string.Concat(Enumerable.Repeat(" + 1", 1990))}";
        Assert.Equal(["1991"], database.Query($"SELECT {sum} FROM t"));
        Assert.Equal(["1991"], database.Query($"SELECT max({sum}) FROM t"));
    }

    [Fact]
    public async Task Parameters_stand_for_their_values()
    {
        await using TestDatabase database = new();
        await database.WriteAsync(["t,host=a x=1 1000000000", "t,host=b x=2 2000000000"]);
        Dictionary<string, QueryParameter> parameters = new()
        {
            ["host"] = QueryParameter.FromText("b"),
            ["from"] = QueryParameter.FromTimestamp(new Timestamp(1_500_000_000)),
            ["to"] = QueryParameter.FromText("1970-01-01T00:00:03Z"),
            ["1"] = QueryParameter.FromInt64(5),
        };
        Assert.Equal(
            ["b|2|7"],
            database.Query(
                "SELECT host, x, x + $1 FROM t WHERE host = $host AND ts >= $from AND ts < $to", parameters));
    }

    [Fact]
    public async Task The_schema_names_types_and_tags()
    {
        await using TestDatabase database = new();
        await database.WriteAsync(["t,host=a x=1,n=1i 1000000000"]);
        using QueryResult result = database.Reads.Execute(
            new QueryRequest("SELECT ts, host, max(x), count(*) AS c, quality(x) FROM t SAMPLE BY 1m"),
            TestContext.Current.CancellationToken);
        Assert.Equal(
            [
                new ResultColumn("ts", ResultType.Timestamp), new ResultColumn(
                    "host", ResultType.String, true),
                new ResultColumn("max(x)", ResultType.Float64), new ResultColumn("c", ResultType.Int64),
                new ResultColumn("quality(x)", ResultType.Quality),
            ],
            result.Schema);
    }
}
