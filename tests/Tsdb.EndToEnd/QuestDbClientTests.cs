using System.Text.Json;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd;

/// <summary>QuestDB's own client writes: over HTTP, where it asks for the settings first, and TCP.</summary>
public sealed class QuestDbClientTests(SharedServer server)
{
    [Fact]
    public async Task Rows_sent_over_HTTP_and_TCP_are_the_same_and_a_refusal_reaches_the_sender()
    {
        JsonElement outcome = await ForeignProcess.RunNodeAsync(
            "questdb", new { http = server.HttpPort, tcp = server.IlpPort });
        Assert.Contains("price", outcome.GetProperty("refused").GetString(), StringComparison.Ordinal);
        await WaitForRowsAsync("trades_tcp");
        string overHttp = await ReadAsync("trades_http");
        Assert.Equal(overHttp, await ReadAsync("trades_tcp"));
        JsonElement rows = JsonSerializer.Deserialize<JsonElement>(overHttp);
        Assert.Equal(1000, rows.GetArrayLength());
        Assert.Equal(
            """["2023-11-14T22:13:20.000000000Z","ETH USD",2615.54,0,true,"a \"b\" \\ ü"]""",
            rows[0].GetRawText());
        Assert.Equal(
            """["2023-11-14T22:13:20.000000999Z","BTC,USD",3614.54,999,true,"a \"b\" \\ ü"]""",
            rows[999].GetRawText());
    }

    /// <summary>TCP has no reply: the rows are there soon after the sender closed.</summary>
    private async Task WaitForRowsAsync(string table)
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(20));
        while (await server.QueryAsync("", $"SELECT count(*) FROM {table}") != "[[1000]]")
        {
            deadline.Token.ThrowIfCancellationRequested();
        }
    }

    private Task<string> ReadAsync(string table) => server.QueryAsync(
        "", $"SELECT ts, \"sym bol\", price, size, live, remark FROM {table} ORDER BY ts");
}
