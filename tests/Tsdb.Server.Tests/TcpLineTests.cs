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
    public async Task A_last_line_without_its_end_is_stored_when_the_sender_closes()
    {
        using (TcpClient sender = new())
        {
            await sender.ConnectAsync("127.0.0.1", server.IlpPort, Stop);
            await sender.GetStream().WriteAsync("last v=5i 1"u8.ToArray(), Stop);
        }

        Assert.Equal(5, await WaitForSumAsync("last", 5));
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
