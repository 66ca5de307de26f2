using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd;

/// <summary>What must neither stop the server nor be taken for something it is not.</summary>
public sealed class HostileInputTests(SharedServer server)
{
    [Theory]
    [InlineData("SELECT ", "(", 50_000, "1", 400)]
    [InlineData("SELECT ", "NOT ", 50_000, "true", 400)]
    [InlineData("SELECT 1", "+1", 50_000, "", 400)]
    [InlineData("SELECT v FROM t WHERE host LIKE '", "%a", 5_000, "'", 400)]
    [InlineData("SELECT v FROM t WHERE host IN ('x'", ",'y'", 50_000, ")", 200)]
    [InlineData("SELECT ts, avg(v) FROM t SAMPLE BY 36500d FILL(LINEAR)", "", 1, "", 200)]
    [InlineData("SELECT ts, avg(v) FROM t SAMPLE BY 100000M FILL(PREV)", "", 1, "", 200)]
    [InlineData("SELECT ts, count(*) FROM t SAMPLE BY 1ns FILL(NULL)", "", 1, "", 422)]
    [InlineData("SELECT ts + 1d FROM t", "", 1, "", 400)]
    [InlineData("SELECT -9223372036854775808 / -1", "", 1, "", 400)]
    public async Task A_statement_that_asks_too_much_is_refused_and_the_server_goes_on(
        string head, string part, int count, string tail, int status)
    {
        await server.WriteAsync(
            "hostile", $"t,host=a v=1 {long.MinValue}\nt,host=a v=2 0\nt,host=a v=3 {long.MaxValue}\n");
        string sql = $"{head}{string.Concat(Enumerable.Repeat(part, count))}{tail}";
        CurlReply reply = await Curl.PostAsync(
            $"{server.HttpUrl}/api/v1/query",
            JsonSerializer.Serialize(new { sql, database = "hostile" }),
            "-o",
            "/dev/null");
        Assert.Equal(status, reply.Status);
        Assert.Equal("[[1]]", await server.QueryAsync("hostile", "SELECT 1"));
    }

    [Fact]
    public async Task Over_TCP_bad_lines_noise_and_a_half_line_leave_the_good_lines_of_the_connection()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        byte[] noise = new byte[10_000];
        new Random(20261122).NextBytes(noise);
        using (TcpClient tcp = new("127.0.0.1", server.IlpPort))
        {
            NetworkStream stream = tcp.GetStream();
            await stream.WriteAsync("noisy v=1i 1\nnoisy v=oops 2\nGET / HTTP/1.1\r\n\r\n"u8.ToArray(), stop);
            await stream.WriteAsync(noise, stop);
            await stream.WriteAsync("\nnoisy v=3i 3\nnoisy v=4i 4\nnoisy v=5"u8.ToArray(), stop);
        }

        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(20));
        while (await CountNoisyAsync() != "[[3,8]]")
        {
            Assert.False(deadline.IsCancellationRequested, await CountNoisyAsync());
        }
    }

    [Theory]
    [InlineData("POST /write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "400")]
    [InlineData("BREW /coffee\r\n\r\n", "400")]
    public async Task Requests_that_break_HTTP_are_answered_so(string request, string status)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        using TcpClient tcp = new("127.0.0.1", server.HttpPort);
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), stop);
        using StreamReader reader = new(tcp.GetStream());
        Assert.StartsWith($"HTTP/1.1 {status}", await reader.ReadLineAsync(stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_over_gRPC_that_make_no_sense_get_a_status_that_says_so()
    {
        JsonElement codes = await ForeignProcess.RunNodeAsync(
            "hostile-writes", new { address = server.GrpcAddress });
        Assert.Equal(
            """
            {"noChunk":3,"noTarget":3,"zeros":3,"hugeLength":3,"negativeLength":3,"endBeforeSchema":3,
            "badName":3,"badPrecision":3,"badDurability":3,"badLine":3,"largeMessage":8,"goodLine":0}
            """.ReplaceLineEndings(""),
            codes.GetRawText());
    }

    /// <summary>The table is there when its first row is.</summary>
    private async Task<string> CountNoisyAsync()
    {
        const string Sql = "q=SELECT count(*), sum(v) FROM noisy";
        CurlReply reply = await Curl.GetAsync(
            $"{server.HttpUrl}/api/v1/query", "-G", "--data-urlencode", Sql);
        return reply.Status == 200 ? reply.ReadJson().GetProperty("rows").GetRawText() : reply.Body;
    }
}
