using System.Text.RegularExpressions;

namespace Tsdb.EndToEnd;

public sealed class CurlStatusTests(SharedServer server)
{
    private static readonly Regex _comment = new(
        @"^# (HELP [a-z_]+ \S.*|TYPE [a-z_]+ (counter|gauge|histogram))$");
    private static readonly Regex _sample = new(
        @"^(?<name>[a-z_]+)(\{[a-z_]+=""[^""\\]*""(,[a-z_]+=""[^""\\]*"")*\})? "
        + @"(?<value>-?[0-9.eE+-]+|\+Inf)$");

    [Theory]
    [InlineData("/health", "pass")]
    [InlineData("/ready", "ready")]
    public async Task The_server_says_that_it_is_well(string path, string status)
    {
        CurlReply reply = await Curl.GetAsync($"{server.HttpUrl}{path}");
        Assert.Equal(200, reply.Status);
        Assert.Equal(status, reply.ReadJson().GetProperty("status").GetString());
    }

    [Fact]
    public async Task The_metrics_are_Prometheus_text()
    {
        await server.WriteAsync("curl_metrics", "t v=1 1\nt v=2 2\n");
        await server.QueryAsync("curl_metrics", "SELECT v FROM t");
        CurlReply reply = await Curl.GetAsync($"{server.HttpUrl}/metrics");
        Assert.Equal((200, "text/plain; version=0.0.4; charset=utf-8"), (reply.Status, reply.ContentType));
        HashSet<string> typed = [];
        Dictionary<string, double> values = [];
        foreach (string line in reply.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('#'))
            {
                Assert.Matches(_comment, line);
                typed.Add(line.Split(' ')[2]);
                continue;
            }

            Match sample = _sample.Match(line);
            Assert.True(sample.Success, $"no sample: {line}");
            string family = Regex.Replace(sample.Groups["name"].Value, "_(bucket|sum|count)$", "");
            Assert.True(
                typed.Contains(family) || typed.Contains(sample.Groups["name"].Value), $"no type: {line}");
            values[line.Split(' ')[0]] = double.Parse(
                sample.Groups["value"].Value, System.Globalization.CultureInfo.InvariantCulture);
        }

        Assert.Equal(2, values["tsdb_storage_rows_total{database=\"curl_metrics\"}"]);
        Assert.Equal(1, values["tsdb_series{database=\"curl_metrics\"}"]);
        Assert.True(values["tsdb_query_seconds_count"] >= 1);
        Assert.Equal(
            values["tsdb_query_seconds_count"], values["tsdb_query_seconds_bucket{le=\"+Inf\"}"]);
    }

    [Theory]
    [InlineData("/no/such/page", 404)]
    [InlineData("/write", 405)]
    public async Task What_is_not_there_is_not_answered_as_if_it_were(string path, int status) =>
        Assert.Equal(status, (await Curl.GetAsync($"{server.HttpUrl}{path}")).Status);
}
