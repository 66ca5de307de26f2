using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace Tsdb.Server.Tests;

public sealed class TcpLineTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const int TimeoutMs = 30_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = TimeoutMs)]
    public async Task Lines_are_stored_while_the_sender_keeps_the_connection_open()
    {
        using TcpClient sender = new();
        await sender.ConnectAsync("127.0.0.1", server.IlpPort, Stop);
        await sender.GetStream().WriteAsync("tcp v=1i 1\ntcp v=x 2\ntcp v=3i 3\ntcp v=4"u8.ToArray(), Stop);
        Assert.Equal(4, await WaitForSumAsync("tcp", 4));
        await sender.GetStream().WriteAsync("i 4\n"u8.ToArray(), Stop);
        Assert.Equal(8, await WaitForSumAsync("tcp", 8));
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task The_half_line_of_a_sender_that_dies_is_dropped_and_counted()
    {
        long droppedCount = await ReadUnfinishedCountAsync();
        await SendAsync("half v=5i 1\nhalf v=123"u8.ToArray());
        while (await ReadUnfinishedCountAsync() == droppedCount)
        {
            Stop.ThrowIfCancellationRequested();
        }

        JsonElement rows = (await server.QueryAsync("SELECT count(*), sum(v) FROM half")).GetProperty("rows");
        Assert.Equal(1, rows[0][0].GetInt64());
        Assert.Equal(5, rows[0][1].GetInt64());
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_string_with_line_ends_is_one_value_wherever_the_sender_pauses()
    {
        using TcpClient sender = new();
        await sender.ConnectAsync("127.0.0.1", server.IlpPort, Stop);
        await sender.GetStream().WriteAsync("paused v=1i 1\npaused s=\"first\n"u8.ToArray(), Stop);
        Assert.Equal(1, await WaitForSumAsync("paused", 1));
        await sender.GetStream().WriteAsync("paused v=100i 3\",v=2i 2\n"u8.ToArray(), Stop);
        Assert.Equal(3, await WaitForSumAsync("paused", 3));
        JsonElement rows = (await server.QueryAsync("SELECT s FROM paused ORDER BY ts")).GetProperty("rows");
        Assert.Equal("first\npaused v=100i 3", rows[1][0].GetString());
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_stray_quote_costs_its_own_line_once_the_sender_has_closed()
    {
        await SendAsync("stray s=\"x 1\nstray v=2i 2\nstray v=3i 3\n"u8.ToArray());
        Assert.Equal(5, await WaitForSumAsync("stray", 5));
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_sender_beyond_the_limit_is_closed_and_the_others_go_on()
    {
        List<TcpClient> senders = [];
        for (int i = 0; i <= RunningServer.IlpConnectionCountMax; i++)
        {
            senders.Add(new TcpClient());
            await senders[i].ConnectAsync("127.0.0.1", server.IlpPort, Stop);
        }

        Assert.Equal(0, await senders[^1].GetStream().ReadAsync(new byte[1], Stop));
        await senders[0].GetStream().WriteAsync("crowd v=7i 1\n"u8.ToArray(), Stop);
        Assert.Equal(7, await WaitForSumAsync("crowd", 7));
        senders.ForEach(static sender => sender.Dispose());
    }

    private async Task SendAsync(byte[] text)
    {
        using TcpClient sender = new();
        await sender.ConnectAsync("127.0.0.1", server.IlpPort, Stop);
        await sender.GetStream().WriteAsync(text, Stop);
    }

    private async Task<long> ReadUnfinishedCountAsync()
    {
        const string Name = "tsdb_unfinished_lines_total ";
        string metrics = await server.Http.GetStringAsync("/metrics", Stop);
        string line = metrics.Split('\n').Single(line => line.StartsWith(Name, StringComparison.Ordinal));
        return long.Parse(line[Name.Length..], CultureInfo.InvariantCulture);
    }

    // There is no reply over TCP: asks until the rows are there; the test's timeout ends it otherwise.
    private async Task<long> WaitForSumAsync(string table, long expected)
    {
        while (true)
        {
            Stop.ThrowIfCancellationRequested();
            using HttpResponseMessage reply = await server.PostQueryAsync($"SELECT sum(v) FROM {table}");
            if (reply.IsSuccessStatusCode)
            {
                JsonElement rows = (await RunningServer.ReadJsonAsync(reply)).GetProperty("rows");
                if (rows[0][0].ValueKind == JsonValueKind.Number && rows[0][0].GetInt64() >= expected)
                {
                    return rows[0][0].GetInt64();
                }
            }
        }
    }
}
