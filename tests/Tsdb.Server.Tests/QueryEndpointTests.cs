using System.Net;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Tsdb.Client;

namespace Tsdb.Server.Tests;

public sealed class QueryEndpointTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const string Sql = "SELECT ts, host, v, n, note FROM q ORDER BY ts";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Json_carries_columns_rows_and_statistics()
    {
        await FillAsync();
        JsonElement reply = await server.QueryAsync(Sql);
        Assert.Equal(
            ["ts timestamp", "host string", "v float64", "n int64", "note string"],
            reply.GetProperty("columns").EnumerateArray().Select(
                c => $"{c.GetProperty("name").GetString()} {c.GetProperty("type").GetString()}"));
        JsonElement rows = reply.GetProperty("rows");
        Assert.Equal(2, rows.GetArrayLength());
        Assert.Equal(
            """["1970-01-01T00:00:00.000000001Z","a",1.5,-7,"x, \"y\""]""", rows[0].GetRawText());
        Assert.Equal("""["1970-01-01T00:00:00.000000002Z","b",null,8,null]""", rows[1].GetRawText());
        Assert.Equal(2, reply.GetProperty("stats").GetProperty("rows").GetInt64());
    }

    [Fact]
    public async Task Csv_is_quoted_where_needed()
    {
        await FillAsync();
        using HttpResponseMessage reply = await server.PostQueryAsync(Sql, accept: "text/csv");
        Assert.Equal("text/csv", reply.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            "ts,host,v,n,note\r\n1970-01-01T00:00:00.000000001Z,a,1.5,-7,\"x, \"\"y\"\"\"\r\n"
            + "1970-01-01T00:00:00.000000002Z,b,,8,\r\n",
            await reply.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task Arrow_over_HTTP_is_a_stream_that_Arrow_reads()
    {
        await FillAsync();
        using HttpResponseMessage reply = await server.PostQueryAsync(
            Sql, accept: "application/vnd.apache.arrow.stream");
        using ArrowStreamReader reader = new(await reply.Content.ReadAsStreamAsync(Stop));
        RecordBatch batch = (await reader.ReadNextRecordBatchAsync(Stop))!;
        Assert.Equal(2, batch.Length);
        Assert.Equal(1.5, ((DoubleArray)batch.Column("v")).GetValue(0));
        Assert.IsType<DictionaryArray>(batch.Column("host"));
    }

    [Fact]
    public async Task HTTP_and_gRPC_give_the_same_rows()
    {
        await FillAsync();
        JsonElement http = (await server.QueryAsync(Sql)).GetProperty("rows");
        using TsdbQueryResult result = await server.Client.QueryAsync(Sql, cancellationToken: Stop);
        int row = 0;
        await foreach (TsdbRow found in result.ReadRowsAsync(Stop))
        {
            Assert.Equal(http[row][0].GetString(), found["ts"]!.ToString());
            Assert.Equal(http[row][1].GetString(), found["host"]);
            bool isNull = http[row][2].ValueKind == JsonValueKind.Null;
            Assert.Equal(isNull ? null : http[row][2].GetDouble(), found["v"]);
            Assert.Equal(http[row][3].GetInt64(), found["n"]);
            Assert.Equal(http[row][4].GetString(), found["note"]);
            row++;
        }

        Assert.Equal(2, row);
        Assert.Equal(2, result.Statistics!.RowsReturned);
    }

    [Fact]
    public async Task Parameters_are_bound_by_name()
    {
        await FillAsync();
        JsonElement reply = await server.QueryAsync(
            "SELECT n FROM q WHERE host = $host", new Dictionary<string, object> { ["host"] = "b" });
        Assert.Equal(8, reply.GetProperty("rows")[0][0].GetInt64());
    }

    [Fact]
    public async Task The_statement_may_stand_in_the_address()
    {
        await FillAsync();
        string reply = await server.Http.GetStringAsync(
            "/api/v1/query?format=csv&q=SELECT%20count(*)%20AS%20c%20FROM%20q", Stop);
        Assert.Equal("c\r\n2\r\n", reply);
    }

    [Fact]
    public async Task A_statement_that_writes_is_taken_by_POST_and_gRPC_and_not_by_GET()
    {
        JsonElement made = await server.QueryAsync("CREATE TABLE made_by_post (host TAG)");
        Assert.Equal("done", made.GetProperty("rows")[0][0].GetString());
        using TsdbQueryResult dropped =
            await server.Client.QueryAsync("DROP TABLE made_by_post", cancellationToken: Stop);
        await foreach (TsdbRow row in dropped.ReadRowsAsync(Stop))
        {
            Assert.Equal("done", row["outcome"]);
        }

        using HttpResponseMessage reply = await server.Http.GetAsync(
            "/api/v1/query?q=CREATE%20TABLE%20made_by_get", Stop);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        JsonElement error = await RunningServer.ReadJsonAsync(reply);
        Assert.Equal("send it by POST or gRPC", error.GetProperty("hint").GetString());
        JsonElement tables = (await server.QueryAsync("SHOW TABLES")).GetProperty("rows");
        Assert.DoesNotContain(
            tables.EnumerateArray(),
            static row => row[0].GetString()!.StartsWith("made_by", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_statement_is_answered_with_its_place()
    {
        await FillAsync();
        using HttpResponseMessage reply = await server.PostQueryAsync("SELECT ts\nFROM q WHERE nosuch > 1");
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        JsonElement error = await RunningServer.ReadJsonAsync(reply);
        Assert.NotEmpty(error.GetProperty("error").GetString()!);
        Assert.Equal(2, error.GetProperty("line").GetInt32());
        Assert.Equal(14, error.GetProperty("column").GetInt32());
        Assert.Equal(23, error.GetProperty("position").GetInt32());
        Assert.True(error.TryGetProperty("hint", out _));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("{\"sql\": 5}")]
    [InlineData("{\"sql\": \"SELECT 1\", \"params\": 3}")]
    public async Task A_body_that_is_no_query_is_refused(string body)
    {
        using HttpResponseMessage reply = await server.Http.PostAsync(
            "/api/v1/query", new StringContent(body), Stop);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
    }

    [Fact]
    public async Task An_unknown_database_is_not_found()
    {
        using HttpResponseMessage reply = await server.PostQueryAsync("SELECT 1", database: "nowhere");
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        JsonElement error = await RunningServer.ReadJsonAsync(reply);
        Assert.Contains("nowhere", error.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private async Task FillAsync()
    {
        using HttpResponseMessage reply = await server.WriteAsync(
            "q,host=a v=1.5,n=-7i,note=\"x, \\\"y\\\"\" 1\nq,host=b n=8i 2\n");
        Assert.Equal(HttpStatusCode.NoContent, reply.StatusCode);
    }
}
