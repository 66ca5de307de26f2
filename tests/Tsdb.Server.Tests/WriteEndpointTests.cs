using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Tsdb.Server.Tests;

public sealed class WriteEndpointTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Theory]
    [InlineData("/write?db=p1&precision=ms", "p1", "1000")]
    [InlineData("/write?db=p2&precision=n", "p2", "1000000000")]
    [InlineData("/api/v2/write?org=any&bucket=p3&precision=s", "p3", "1")]
    public async Task Every_product_s_form_of_the_request_is_taken(string path, string database, string time)
    {
        using HttpResponseMessage reply = await server.WriteAsync($"cpu,host=a usage=1.5 {time}\n", path);
        Assert.Equal(HttpStatusCode.NoContent, reply.StatusCode);
        Assert.Equal("fsync", reply.Headers.GetValues("X-Tsdb-Durability").Single());
        JsonElement rows = (await server.QueryAsync("SELECT ts, usage FROM cpu", database: database))
            .GetProperty("rows");
        Assert.Equal("1970-01-01T00:00:01.000000000Z", rows[0][0].GetString());
        Assert.Equal(1.5, rows[0][1].GetDouble());
    }

    [Fact]
    public async Task Gzip_is_unpacked()
    {
        MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write("gz v=1i 1\ngz v=2i 2\n"u8);
        }

        using HttpResponseMessage reply = await PostGzipAsync(packed.ToArray());
        Assert.Equal(HttpStatusCode.NoContent, reply.StatusCode);
        JsonElement rows = (await server.QueryAsync("SELECT v FROM gz ORDER BY ts")).GetProperty("rows");
        Assert.Equal([1, 2], rows.EnumerateArray().Select(row => row[0].GetInt64()));
    }

    [Fact]
    public async Task What_is_not_gzip_is_refused()
    {
        using HttpResponseMessage reply = await PostGzipAsync("gz v=1i 1\n"u8.ToArray());
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        JsonElement error = await RunningServer.ReadJsonAsync(reply);
        Assert.Contains("not gzip", error.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gzip_cut_short_is_refused()
    {
        MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(
                string.Concat(Enumerable.Range(1, 20_000).Select(i => $"cut v={i}i {i}\n"))));
        }

        foreach (int keptBytes in new[] { (int)packed.Length / 2, (int)packed.Length - 4 })
        {
            using HttpResponseMessage reply = await PostGzipAsync(packed.ToArray()[..keptBytes]);
            Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
            JsonElement error = await RunningServer.ReadJsonAsync(reply);
            Assert.Contains("gzip", error.GetProperty("error").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_gzip_bomb_meets_the_limit_on_what_it_unpacks_to()
    {
        MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(new string('\n', RunningServer.WriteSizeBytesMax + 1)));
        }

        Assert.True(packed.Length < 100_000);
        using HttpResponseMessage reply = await PostGzipAsync(packed.ToArray());
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_with_the_limit_named()
    {
        using HttpResponseMessage reply = await server.WriteAsync(
            new string('\n', RunningServer.WriteSizeBytesMax + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
        JsonElement error = await RunningServer.ReadJsonAsync(reply);
        Assert.Contains(
            $"{RunningServer.WriteSizeBytesMax}",
            error.GetProperty("error").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_lines_are_named_and_the_good_ones_stored()
    {
        using HttpResponseMessage reply = await server.WriteAsync(
            "part,host=a v=1 1\npart,host=a v=x 2\npart,host=a v=3 3\n\npart,host=a v= 4\n");
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        JsonElement error = await RunningServer.ReadJsonAsync(reply);
        Assert.Equal("invalid", error.GetProperty("code").GetString());
        string? message = error.GetProperty("message").GetString();
        Assert.StartsWith("partial write:", message, StringComparison.Ordinal);
        Assert.Equal(2, error.GetProperty("line").GetInt32());
        Assert.Equal(
            [2, 5],
            error.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("line").GetInt32()));
        Assert.Equal(2, error.GetProperty("stored").GetInt32());
        Assert.Equal(2, error.GetProperty("rejected").GetInt32());
        JsonElement rows = (await server.QueryAsync("SELECT v FROM part ORDER BY ts")).GetProperty("rows");
        Assert.Equal([1, 3], rows.EnumerateArray().Select(row => row[0].GetDouble()));
    }

    [Fact]
    public async Task A_body_of_several_pieces_is_stored_whole()
    {
        StringBuilder lines = new();
        for (int i = 0; i < 60_000; i++)
        {
            lines.Append(CultureInfo.InvariantCulture, $"many,host=h{i % 10} v={i}i {i + 1}\n");
        }

        Assert.InRange(lines.Length, 1 << 20, RunningServer.WriteSizeBytesMax);
        using HttpResponseMessage reply = await server.WriteAsync(lines.ToString());
        Assert.Equal(HttpStatusCode.NoContent, reply.StatusCode);
        JsonElement rows = (await server.QueryAsync("SELECT count(*), sum(v) FROM many")).GetProperty("rows");
        Assert.Equal(60_000, rows[0][0].GetInt64());
        Assert.Equal(60_000L * 59_999 / 2, rows[0][1].GetInt64());
    }

    [Fact]
    public async Task A_large_body_of_strings_with_line_ends_is_stored_whole()
    {
        using HttpResponseMessage reply = await server.WriteAsync(ManyLinedStrings(20_000, "texts"));
        Assert.Equal(HttpStatusCode.NoContent, reply.StatusCode);
        JsonElement rows = (await server.QueryAsync("SELECT count(*), count(s), sum(v) FROM texts"))
            .GetProperty("rows");
        Assert.Equal(20_000, rows[0][0].GetInt64());
        Assert.Equal(20_000, rows[0][1].GetInt64());
        Assert.Equal(20_000L * 20_001 / 2, rows[0][2].GetInt64());
    }

    [Fact]
    public async Task A_large_request_of_strings_with_line_ends_is_stored_whole_over_gRPC()
    {
        byte[] lines = Encoding.UTF8.GetBytes(ManyLinedStrings(20_000, "rpc_texts"));
        Assert.Equal(
            20_000,
            (await server.Client.WriteLinesAsync(lines, TestContext.Current.CancellationToken)).RowsStored);
    }

    [Theory]
    [InlineData("/write?precision=fortnight", "precision 'fortnight'")]
    [InlineData("/write?durability=hope", "durability 'hope'")]
    [InlineData("/write?db=no/such", "no/such")]
    public async Task A_request_that_cannot_be_read_says_why(string path, string reason)
    {
        using HttpResponseMessage reply = await server.WriteAsync("a v=1 1\n", path);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        JsonElement error = await RunningServer.ReadJsonAsync(reply);
        Assert.Contains(reason, error.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_durability_asked_for_is_the_one_named_in_the_reply()
    {
        using HttpResponseMessage reply = await server.WriteAsync("dur v=1 1\n", "/write?durability=memory");
        Assert.Equal("memory", reply.Headers.GetValues("X-Tsdb-Durability").Single());
    }

    // More line ends inside strings than at lines' ends, so that a blind cut hardly ever finds the latter.
    private static string ManyLinedStrings(int rowCount, string table)
    {
        StringBuilder lines = new();
        for (int i = 1; i <= rowCount; i++)
        {
            lines.Append(
                CultureInfo.InvariantCulture,
                $"{table} s=\"a\n{table} v=-1i 7\nb\n\n\nc, \\\"d\\\"\n{new string('e', 60)}\",v={i}i {i}\n");
        }

        Assert.InRange(lines.Length, 2 << 20, RunningServer.WriteSizeBytesMax);
        return lines.ToString();
    }

    private Task<HttpResponseMessage> PostGzipAsync(byte[] packed)
    {
        ByteArrayContent content = new(packed);
        content.Headers.ContentEncoding.Add("gzip");
        return server.Http.PostAsync("/write", content, TestContext.Current.CancellationToken);
    }
}
