using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Tsdb.EndToEnd;

public sealed class CurlWriteTests(SharedServer server)
{
    [Fact]
    public async Task Plain_and_gzip_lines_are_stored_in_the_database_named()
    {
        CurlReply plain = await Curl.PostAsync(
            $"{server.HttpUrl}/write?db=curl_write&precision=ms", "cpu,host=a usage=1.5 1\n");
        CurlReply packed = await Curl.SendAsync(
            Gzip("cpu,host=b usage=2.5 2000\ncpu,host=c usage=3.5 3000"),
            "-H",
            "Content-Encoding: gzip",
            $"{server.HttpUrl}/api/v2/write?org=o&bucket=curl_write&precision=us");
        Assert.Equal((204, 204), (plain.Status, packed.Status));
        Assert.Equal(
            """
            [["1970-01-01T00:00:00.001000000Z","a",1.5],["1970-01-01T00:00:00.002000000Z","b",2.5],
            ["1970-01-01T00:00:00.003000000Z","c",3.5]]
            """.ReplaceLineEndings(""),
            await server.QueryAsync("curl_write", "SELECT ts, host, usage FROM cpu ORDER BY ts"));
    }

    [Fact]
    public async Task A_partial_write_names_each_bad_line_and_stores_the_good_ones()
    {
        CurlReply reply = await Curl.PostAsync(
            $"{server.HttpUrl}/write?db=curl_partial",
            """
            t,host=a v=1 1
            t,host=a v=x 2
            # a comment is no line with data, but it counts as one

            t,host=a 3
            t,host=a v=4 99999999999999999999
            t,host=a v=5i 5
            t,host=a v=6 6
            """);
        Assert.Equal(400, reply.Status);
        JsonElement error = reply.ReadJson();
        Assert.Equal("invalid", error.GetProperty("code").GetString());
        Assert.Equal(
            [
                "2 12 malformed_field", "5 10 malformed_field", "6 14 timestamp_out_of_range",
            ],
            error.GetProperty("errors").EnumerateArray().Select(entry =>
                $"{entry.GetProperty("line").GetInt32()} {entry.GetProperty("position").GetInt32()} "
                + entry.GetProperty("reason").GetString()));
        Assert.Equal(3, error.GetProperty("stored").GetInt32());
        Assert.Equal(3, error.GetProperty("rejected").GetInt32());
        Assert.Equal("[[1],[5],[6]]", await server.QueryAsync("curl_partial", "SELECT v FROM t ORDER BY ts"));
    }

    [Theory]
    [InlineData("t v=9223372036854775808i 1", 1, "integer_out_of_range")]
    [InlineData("t v=1 9223372036854775808", 1, "timestamp_out_of_range")]
    [InlineData("t v=1 yesterday", 1, "malformed_timestamp")]
    [InlineData("t v=NaN 1", 1, "not_finite")]
    [InlineData("t v=\"open 1", 1, "unterminated_string")]
    [InlineData("t,host v=1 1", 1, "malformed_tag")]
    [InlineData("t,host=a,host=b v=1 1", 1, "duplicate_key")]
    [InlineData(",host=a v=1 1", 1, "missing_table")]
    public async Task A_line_that_cannot_be_stored_is_refused_by_name(string line, int number, string reason)
    {
        CurlReply reply = await Curl.PostAsync($"{server.HttpUrl}/write?db=curl_refused", line);
        Assert.Equal(400, reply.Status);
        JsonElement entry = Assert.Single(reply.ReadJson().GetProperty("errors").EnumerateArray());
        Assert.Equal(number, entry.GetProperty("line").GetInt32());
        Assert.Equal(reason, entry.GetProperty("reason").GetString());
        await AssertServesAsync();
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_are_refused_and_named()
    {
        byte[] body = [.. "t v=1 1\nt,host=a"u8, 0xff, 0xfe, .. "b v=2 2\nt v=3 3\n"u8];
        CurlReply reply = await Curl.SendAsync(body, $"{server.HttpUrl}/write?db=curl_utf8");
        Assert.Equal(400, reply.Status);
        JsonElement entry = Assert.Single(reply.ReadJson().GetProperty("errors").EnumerateArray());
        Assert.Equal(2, entry.GetProperty("line").GetInt32());
        Assert.Equal("invalid_utf8", entry.GetProperty("reason").GetString());
        Assert.Equal("[[1],[3]]", await server.QueryAsync("curl_utf8", "SELECT v FROM t ORDER BY ts"));
    }

    [Fact]
    public async Task A_wrong_type_is_refused_with_the_column_and_never_coerced()
    {
        await server.WriteAsync("curl_types", "t v=1.5,ok=true,n=1i,s=\"x\" 1\n");
        CurlReply reply = await Curl.PostAsync(
            $"{server.HttpUrl}/write?db=curl_types",
            "t v=\"text\" 2\nt ok=1 3\nt n=1.5 4\nt s=true 5\nt v=7i 6\n");
        Assert.Equal(400, reply.Status);
        string[] entries =
        [
            .. reply.ReadJson().GetProperty("errors").EnumerateArray().Select(static entry =>
                $"{entry.GetProperty("line").GetInt32()} {entry.GetProperty("reason").GetString()} "
                + entry.GetProperty("detail").GetString()),
        ];
        Assert.StartsWith("1 type_conflict v", entries[0], StringComparison.Ordinal);
        Assert.StartsWith("2 type_conflict ok", entries[1], StringComparison.Ordinal);
        Assert.Contains(entries, entry => entry.StartsWith("4 type_conflict s", StringComparison.Ordinal));
        Assert.Equal(
            """[["1970-01-01T00:00:00.000000001Z",1.5],["1970-01-01T00:00:00.000000006Z",7]]""",
            await server.QueryAsync("curl_types", "SELECT ts, v FROM t WHERE v IS NOT NULL ORDER BY ts"));
    }

    [Fact]
    public async Task A_body_over_the_limit_gets_413_with_the_limit_and_the_server_stays_up()
    {
        byte[] body = new byte[SharedServer.WriteSizeBytesMax + 1];
        body.AsSpan().Fill((byte)'\n');
        CurlReply reply = await Curl.SendAsync(body, $"{server.HttpUrl}/write?db=curl_large");
        Assert.Equal(413, reply.Status);
        Assert.Contains($"{SharedServer.WriteSizeBytesMax}", reply.Body, StringComparison.Ordinal);
        await AssertServesAsync();
    }

    [Theory]
    [InlineData("/write?precision=fortnight", "fortnight")]
    [InlineData("/write?durability=hope", "hope")]
    [InlineData("/write?db=../../etc", "../../etc")]
    public async Task A_request_that_makes_no_sense_is_refused_with_the_reason(string path, string reason)
    {
        CurlReply reply = await Curl.PostAsync($"{server.HttpUrl}{path}", "t v=1 1\n");
        Assert.Equal(400, reply.Status);
        Assert.Contains(reason, reply.ReadJson().GetProperty("error").GetString(), StringComparison.Ordinal);
        await AssertServesAsync();
    }

    [Fact]
    public async Task What_is_called_gzip_and_is_not_is_refused()
    {
        CurlReply reply = await Curl.PostAsync(
            $"{server.HttpUrl}/write?db=curl_gzip", "t v=1 1\n", "-H", "Content-Encoding: gzip");
        Assert.Equal(400, reply.Status);
        byte[] torn = Gzip("t v=1 1\nt v=2 2\nt v=3 3\n");
        reply = await Curl.SendAsync(
            torn[..(torn.Length / 2)],
            "-H",
            "Content-Encoding: gzip",
            $"{server.HttpUrl}/write?db=curl_gzip");
        Assert.Equal(400, reply.Status);
        reply = await Curl.PostAsync(
            $"{server.HttpUrl}/write?db=curl_gzip", "t v=1 1\n", "-H", "Content-Encoding: snappy");
        Assert.Equal(415, reply.Status);
        await AssertServesAsync();
    }

    private async Task AssertServesAsync() =>
        Assert.Equal(200, (await Curl.GetAsync($"{server.HttpUrl}/ready")).Status);

    private static byte[] Gzip(string text)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
