using Tsdb.Bench.Workload.Queries;

namespace Tsdb.Bench.Workload.Tests;

public sealed class AnswerComparisonTests
{
    private static readonly Answer _expected = new(["ts", "host", "v"],
    [
        [new Instant(1), "a", 1.0],
        [new Instant(1), "b", 2.0],
        [new Instant(2), "a", null],
    ]);

    [Fact]
    public void Order_of_rows_and_columns_does_not_matter()
    {
        Answer actual = new(["v", "host", "ts"],
        [
            [null, "a", new Instant(2)],
            [2.0 + 1e-12, "b", new Instant(1)],
            [1L, "a", new Instant(1)],
        ]);
        Assert.Null(AnswerComparison.FindDifference(actual, _expected));
    }

    [Theory]
    [InlineData(1L, "a", 1.0, "host is a, not b")]
    [InlineData(3L, "a", null, "ts is 3 ns, not 2 ns")]
    [InlineData(2L, "c", null, "host is c, not a")]
    [InlineData(2L, "a", 1.0, "v is 1, not null")]
    public void A_different_cell_is_named(long ns, string host, double? value, string expected)
    {
        Answer actual = new(_expected.Columns, [.. _expected.Rows[..2], [new Instant(ns), host, value]]);
        string? difference = AnswerComparison.FindDifference(actual, _expected);
        Assert.StartsWith(expected, difference, StringComparison.Ordinal);
    }

    [Fact]
    public void A_double_that_is_off_is_found()
    {
        Answer actual = new(_expected.Columns, [.. _expected.Rows[1..], [new Instant(1), "a", 1.0 + 1e-8]]);
        Assert.StartsWith("v is 1.00000001, not 1", AnswerComparison.FindDifference(actual, _expected));
    }

    [Fact]
    public void Missing_rows_and_columns_are_found()
    {
        Assert.Equal(
            "2 rows, not 3",
            AnswerComparison.FindDifference(new(_expected.Columns, _expected.Rows[1..]), _expected));
        Assert.StartsWith(
            "columns: ts host", AnswerComparison.FindDifference(new(["ts", "host"], []), _expected));
    }

    [Theory]
    [InlineData("2016-01-01T00:00:00Z", 1_451_606_400_000_000_000)]
    [InlineData("2016-01-01T00:00:00.000000001Z", 1_451_606_400_000_000_001)]
    [InlineData("1969-12-31T23:59:59.5Z", -500_000_000)]
    public void An_instant_is_read_to_the_nanosecond(string text, long expectedNs) =>
        Assert.Equal(new Instant(expectedNs), Instant.Parse(text));

    [Fact]
    public void A_reply_is_read_by_its_column_types()
    {
        byte[] json = """
            {"columns":
              [{"name":"ts","type":"timestamp"},{"name":"n","type":"int64"},{"name":"v","type":"float64"}],
             "rows":[["2016-01-01T00:00:00Z",3,4],[null,null,null]],"stats":{}}
            """u8.ToArray();
        Answer answer = SqlEndpoint.Read(json);
        Assert.Equal(["ts", "n", "v"], answer.Columns);
        Assert.Equal([new Instant(1_451_606_400_000_000_000), 3L, 4.0], answer.Rows[0]);
        Assert.All(answer.Rows[1], Assert.Null);
    }
}
