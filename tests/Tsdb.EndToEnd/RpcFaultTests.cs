using System.Globalization;
using System.Text;
using System.Text.Json;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd;

/// <summary>How calls end that do not end well, as grpc-js sees it, and what the server does then.</summary>
public sealed class RpcFaultTests(SharedServer server)
{
    private const int RowCount = 200_000;

    // Twelve columns of 200 000 rows are more than all buffers between server and client hold: the server
    // cannot get to the end while the client does not read.
    private const string LargeSql =
        "SELECT ts, v, v * 2, v * 3, v * 4, v * 5, v * 6, v * 7, v * 8, v * 9, v * 10, v * 11 FROM large";

    [Fact]
    public async Task A_wrong_statement_is_INVALID_ARGUMENT_with_its_place_in_the_details()
    {
        JsonElement outcome = await RunAsync(
            new { name = "sql", request = new { sql = "SELECT ts\nFROM nosuch", database = "" } });
        Assert.Equal(3, outcome.GetProperty("code").GetInt32());
        Assert.Contains("nosuch", outcome.GetProperty("message").GetString(), StringComparison.Ordinal);
        JsonElement status = outcome.GetProperty("status");
        Assert.Equal(3, status.GetProperty("code").GetInt32());
        JsonElement detail = Assert.Single(status.GetProperty("details").EnumerateArray());
        Assert.Equal("tsdb.v1.SqlErrorDetail", detail.GetProperty("name").GetString());
        Assert.Equal(2, detail.GetProperty("line").GetInt32());
        Assert.Equal(6, detail.GetProperty("column").GetInt32());
        Assert.Equal(15, detail.GetProperty("position").GetInt32());
    }

    [Fact]
    public async Task An_unknown_database_is_NOT_FOUND()
    {
        JsonElement outcome = await RunAsync(
            new { name = "database", request = new { sql = "SELECT 1", database = "nowhere" } });
        Assert.Equal(5, outcome.GetProperty("code").GetInt32());
        Assert.Contains("nowhere", outcome.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_in_the_middle_of_a_result_ends_the_stream_with_its_status()
    {
        await FillAsync("fault_middle", lastValue: long.MaxValue);
        JsonElement outcome = await RunAsync(
            new { name = "middle", request = new { sql = LargeSql, database = "fault_middle" } });
        Assert.Equal(3, outcome.GetProperty("code").GetInt32());
        Assert.Contains("64-bit", outcome.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.True(outcome.GetProperty("hasChunks").GetBoolean());
        Assert.False(outcome.GetProperty("hasStats").GetBoolean());

        ProcessOutcome curl = await ForeignProcess.RunAsync(
            "curl",
            [
                "-sS", "-o", "/dev/null", "-G", $"{server.HttpUrl}/api/v1/query", "-d", "db=fault_middle",
                "--data-urlencode", $"q={LargeSql}",
            ]);

        // "Transfer closed with data outstanding", or "receiving failed": not a whole answer, in any case.
        Assert.Contains(curl.ExitCode, new[] { 18, 56 });
    }

    [Fact]
    public async Task Deadline_and_cancel_end_the_call_and_the_query_behind_it()
    {
        await FillAsync("fault_large", lastValue: 1);
        double failedBefore = await server.ReadMetricAsync("tsdb_queries_failed_total");
        var request = new { sql = LargeSql, database = "fault_large" };
        JsonElement outcome = await RunAsync(
            new { name = "deadline", request, deadlineMs = 3000, pauseAfterChunks = 1 });
        Assert.Equal(4, outcome.GetProperty("code").GetInt32());
        Assert.True(outcome.GetProperty("hasChunks").GetBoolean());
        await WaitForAsync(failed => failed >= failedBefore + 1);

        outcome = await RunAsync(new { name = "cancel", request, cancelAfterChunks = 1 });
        Assert.Equal(1, outcome.GetProperty("code").GetInt32());
        Assert.False(outcome.GetProperty("hasStats").GetBoolean());
        await WaitForAsync(failed => failed >= failedBefore + 2);

        outcome = await RunAsync(new { name = "whole", request });
        Assert.Equal(0, outcome.GetProperty("code").GetInt32());
        Assert.True(outcome.GetProperty("hasStats").GetBoolean());
    }

    [Fact]
    public async Task Health_and_reflection_answer()
    {
        JsonElement reply = await ForeignProcess.RunNodeAsync(
            "standard-services", new { address = server.GrpcAddress });
        Assert.Equal("SERVING", reply.GetProperty("health").GetString());
        Assert.Equal(5, reply.GetProperty("unknownServiceCode").GetInt32());
        string[] services = [.. reply.GetProperty("services").EnumerateArray().Select(s => s.GetString()!)];
        Assert.Superset(
            new HashSet<string>
            {
                "grpc.health.v1.Health", "tsdb.v1.AdminService", "tsdb.v1.CatalogService",
                "tsdb.v1.IngestService", "tsdb.v1.QueryService",
            },
            new HashSet<string>(services));
    }

    private async Task<JsonElement> RunAsync(object oneCase)
    {
        JsonElement outcomes = await ForeignProcess.RunNodeAsync(
            "faults", new { address = server.GrpcAddress, cases = new[] { oneCase } });
        return outcomes.EnumerateObject().Single().Value;
    }

    /// <summary>The server notices when the frame that ends the stream arrives, a little after the
    /// client.</summary>
    private async Task WaitForAsync(Func<double, bool> isReached)
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(20));
        while (!isReached(await server.ReadMetricAsync("tsdb_queries_failed_total")))
        {
            Assert.False(deadline.IsCancellationRequested, "the query behind the ended call still runs");
        }
    }

    private Task FillAsync(string database, long lastValue)
    {
        StringBuilder lines = new();
        for (int i = 1; i <= RowCount; i++)
        {
            lines.Append(CultureInfo.InvariantCulture, $"large v={(i < RowCount ? i : lastValue)}i {i}\n");
        }

        return server.WriteAsync(database, lines.ToString());
    }
}
