using System.Globalization;
using System.Text;
using System.Text.Json;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd;

/// <summary>InfluxDB's own client writes; it must see what it would see from InfluxDB.</summary>
public sealed class InfluxClientTests(SharedServer server)
{
    [Theory]
    [InlineData("influx_plain", false)]
    [InlineData("influx_gzip", true)]
    public async Task Points_are_stored_and_a_partial_write_reaches_the_sender(string bucket, bool gzip)
    {
        JsonElement outcome = await ForeignProcess.RunNodeAsync(
            "influxdb", new { url = server.HttpUrl, bucket, gzip });
        Assert.Equal("[]", outcome.GetProperty("failed").GetRawText());
        CurlReply stored = await Curl.GetAsync(
            $"{server.HttpUrl}/api/v1/query",
            "-G",
            "-d",
            $"format=csv&db={bucket}",
            "--data-urlencode",
            "q=SELECT ts, station, kind, temp, count, ok, note FROM weather WHERE kind = 'a=b' ORDER BY ts");
        Assert.Equal(ExpectedCsv(), stored.Body);

        JsonElement refused = Assert.Single(outcome.GetProperty("refused").EnumerateArray());
        Assert.True(refused.GetProperty("isHttpError").GetBoolean());
        Assert.Equal(400, refused.GetProperty("status").GetInt32());
        Assert.Equal("invalid", refused.GetProperty("code").GetString());
        JsonElement entry = Assert.Single(refused.GetProperty("body").GetProperty("errors").EnumerateArray());
        Assert.Equal(2, entry.GetProperty("line").GetInt32());
        Assert.Equal("type_conflict", entry.GetProperty("reason").GetString());
        Assert.Equal(
            "[[1],[3]]",
            await server.QueryAsync(bucket, "SELECT temp FROM weather WHERE station = 'x' ORDER BY ts"));
    }

    private static string ExpectedCsv()
    {
        StringBuilder csv = new("ts,station,kind,temp,count,ok,note\r\n");
        for (int i = 0; i < 2500; i++)
        {
            string note = i % 10 == 0 ? "\"back\\slash \"\"quoted\"\" ü\"" : "plain";
            string ok = i % 2 == 0 ? "true" : "false";
            csv.Append("2023-11-14T22:13:20.").Append(CultureInfo.InvariantCulture, $"{i + 1:D9}Z,")
                .Append(CultureInfo.InvariantCulture, $"\"st ation,{i % 5}\",a=b,{i / 8.0},{i},{ok},")
                .Append(note).Append("\r\n");
        }

        return csv.ToString();
    }
}
