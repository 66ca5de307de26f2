using System.Text.Json;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd;

public sealed class CurlQueryTests(SharedServer server)
{
    private const string Lines =
        "m,place=Z\\ ürich v=1.5,n=-7i,ok=true,note=\"x, \\\"y\\\"\" 1700000000123456789\n"
        + "m,place=b v=-0.0,n=9223372036854775807i 1700000000123456790\n";

    private const string Rows =
        """
        [["2023-11-14T22:13:20.123456789Z","Z ürich",1.5,-7,true,"x, \"y\""],
        ["2023-11-14T22:13:20.123456790Z","b",-0,9223372036854775807,null,null]]
        """;

    private const string Sql = "SELECT ts, place, v, n, ok, note FROM m ORDER BY ts";

    [Fact]
    public async Task The_statement_in_the_address_is_answered_with_exact_JSON()
    {
        await server.WriteAsync("curl_q1", Lines);
        CurlReply reply = await Curl.GetAsync(
            $"{server.HttpUrl}/api/v1/query", "-G", "--data-urlencode", $"q={Sql}", "-d", "db=curl_q1");
        Assert.Equal((200, "application/json; charset=utf-8"), (reply.Status, reply.ContentType));
        JsonElement answer = reply.ReadJson();
        Assert.Equal(Rows.ReplaceLineEndings(""), answer.GetProperty("rows").GetRawText());
        Assert.Equal(
            """
            [{"name":"ts","type":"timestamp"},{"name":"place","type":"string"},{"name":"v","type":"float64"},
            {"name":"n","type":"int64"},{"name":"ok","type":"bool"},{"name":"note","type":"string"}]
            """.ReplaceLineEndings(""),
            answer.GetProperty("columns").GetRawText());
        Assert.Equal(2, answer.GetProperty("stats").GetProperty("rows").GetInt32());
    }

    [Fact]
    public async Task Posted_parameters_are_bound_and_never_pasted()
    {
        await server.WriteAsync("curl_q2", Lines);
        string body = JsonSerializer.Serialize(new
        {
            sql = "SELECT n FROM m WHERE place = $place AND v >= $least",
            database = "curl_q2",
            @params = new { place = "Z ürich", least = 1.5 },
        });
        CurlReply reply = await PostAsync(body, "application/json");
        Assert.Equal("[[-7]]", reply.ReadJson().GetProperty("rows").GetRawText());
        body = body.Replace("Z ürich", "' OR 1=1 --", StringComparison.Ordinal)
            .Replace("Z \\u00FCrich", "' OR 1=1 --", StringComparison.Ordinal);
        reply = await PostAsync(body, "application/json");
        Assert.Equal("[]", reply.ReadJson().GetProperty("rows").GetRawText());
    }

    [Fact]
    public async Task Csv_is_what_RFC_4180_says()
    {
        await server.WriteAsync("curl_q3", Lines);
        CurlReply reply = await PostAsync(Body(Sql, "curl_q3"), "text/csv");
        Assert.Equal((200, "text/csv; charset=utf-8"), (reply.Status, reply.ContentType));
        Assert.Equal(
            "ts,place,v,n,ok,note\r\n"
            + "2023-11-14T22:13:20.123456789Z,Z ürich,1.5,-7,true,\"x, \"\"y\"\"\"\r\n"
            + "2023-11-14T22:13:20.123456790Z,b,-0,9223372036854775807,,\r\n",
            reply.Body);
    }

    [Fact]
    public async Task An_Arrow_stream_over_HTTP_is_read_by_another_Arrow()
    {
        await server.WriteAsync("curl_q4", Lines);
        string path = Path.GetTempFileName();
        CurlReply reply = await PostAsync(
            Body(Sql, "curl_q4"), "application/vnd.apache.arrow.stream", "-o", path);
        Assert.Equal((200, "application/vnd.apache.arrow.stream"), (reply.Status, reply.ContentType));
        JsonElement decoded = await ForeignProcess.RunNodeAsync("decode", new { path });
        File.Delete(path);
        Assert.Equal(
            """
            [["1700000000123456789","Z ürich","3ff8000000000000","-7",true,"x, \"y\""],
            ["1700000000123456790","b","8000000000000000","9223372036854775807",null,null]]
            """.ReplaceLineEndings(""),
            decoded.GetProperty("rows").GetRawText());
    }

    [Theory]
    [InlineData("SELECT v FROM m WHERE nosuch > 1", 1, 23)]
    [InlineData("SELECT v,\n  FROM m", 2, 3)]
    [InlineData("SELECT 'open FROM m", 1, 8)]
    public async Task A_wrong_statement_is_answered_with_its_place(string sql, int line, int column)
    {
        await server.WriteAsync("curl_q5", Lines);
        CurlReply reply = await PostAsync(Body(sql, "curl_q5"), "application/json");
        Assert.Equal(400, reply.Status);
        JsonElement error = reply.ReadJson();
        Assert.NotEmpty(error.GetProperty("error").GetString()!);
        Assert.Equal(
            (line, column), (error.GetProperty("line").GetInt32(), error.GetProperty("column").GetInt32()));
        Assert.True(error.TryGetProperty("hint", out _));
    }

    [Theory]
    [InlineData("not json", 400)]
    [InlineData("{\"sql\":5}", 400)]
    [InlineData("{\"sql\":\"SELECT 1\",\"params\":3}", 400)]
    [InlineData("{\"sql\":\"SELECT 1\",\"database\":\"nowhere\"}", 404)]
    [InlineData("{\"sql\":\"\"}", 400)]
    public async Task A_body_that_is_no_query_is_refused(string body, int status)
    {
        CurlReply reply = await PostAsync(body, "application/json");
        Assert.Equal(status, reply.Status);
        Assert.NotEmpty(reply.ReadJson().GetProperty("error").GetString()!);
    }

    private Task<CurlReply> PostAsync(string body, string accept, params string[] more) => Curl.PostAsync(
        $"{server.HttpUrl}/api/v1/query",
        body,
        ["-H", $"Accept: {accept}", "-H", "Content-Type: application/json", .. more]);

    private static string Body(string sql, string database) =>
        JsonSerializer.Serialize(new { sql, database });
}
