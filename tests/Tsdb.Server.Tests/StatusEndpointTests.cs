using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Tsdb.Server.Tests;

public sealed class StatusEndpointTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Ping_is_answered_as_InfluxDB_does(string method)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), "/ping");
        using HttpResponseMessage reply = await server.Http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.NoContent, reply.StatusCode);
        Assert.True(reply.Headers.Contains("X-Influxdb-Version"));
    }

    [Fact]
    public async Task Settings_tell_QuestDB_s_clients_which_line_protocol_is_spoken()
    {
        using JsonDocument document = JsonDocument.Parse(await server.Http.GetStringAsync("/settings", Stop));
        JsonElement settings = document.RootElement;
        JsonElement versions = settings.GetProperty("config").GetProperty("line.proto.support.versions");
        Assert.Equal([1], versions.EnumerateArray().Select(v => v.GetInt32()));
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/ready")]
    public async Task A_running_server_is_healthy_and_ready(string path)
    {
        using HttpResponseMessage reply = await server.Http.GetAsync(path, Stop);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    [Fact]
    public async Task Metrics_count_rows_refusals_and_queries()
    {
        using HttpResponseMessage written = await server.WriteAsync("m v=1 1\nm v=x 2\n");
        await server.QueryAsync("SELECT v FROM m");
        string metrics = await server.Http.GetStringAsync("/metrics", Stop);
        Assert.All(
            [
                "\ntsdb_rows_stored_total 1\n",
                "\ntsdb_rejects_total{reason=\"malformed_field\"} 1\n",
                "\ntsdb_query_seconds_count 1\n",
                "\ntsdb_wal_commits_total{database=\"default\"} 1\n",
                "\ntsdb_commit_seconds_bucket{database=\"default\",le=\"+Inf\"} 1\n",
                "\ndotnet_gc_pause_seconds_total ",
            ],
            sample => Assert.Contains(sample, metrics, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Browsers_reach_the_services_by_gRPC_Web_on_the_HTTP_port()
    {
        // One frame: flags 0, length 0, an empty message.
        ByteArrayContent call = new(new byte[5]);
        call.Headers.ContentType = new MediaTypeHeaderValue("application/grpc-web+proto");
        using HttpResponseMessage reply = await server.Http.PostAsync(
            "/tsdb.v1.CatalogService/ListDatabases", call, Stop);
        string body = Encoding.Latin1.GetString(await reply.Content.ReadAsByteArrayAsync(Stop));
        Assert.Contains("default", body, StringComparison.Ordinal);
        Assert.Contains("grpc-status: 0", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_paths_are_not_found()
    {
        using HttpResponseMessage reply = await server.Http.GetAsync("/nowhere", Stop);
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
    }
}
