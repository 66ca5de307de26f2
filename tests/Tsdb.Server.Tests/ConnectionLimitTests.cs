using System.Net.Sockets;
using System.Text;
using Tsdb.Faults;
using Tsdb.Server.Options;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Tests;

/// <summary>Connections beyond what a port may have are closed; those that are there are served.</summary>
public sealed class ConnectionLimitTests : IDisposable
{
    private const int TimeoutMs = 60_000;
    private const string LastChunk = "\r\n0\r\n\r\n";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tsdb-connections-test-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Delete(recursive: true);

    [Fact(Timeout = TimeoutMs)]
    public async Task One_too_many_is_closed_and_counted_until_another_has_gone()
    {
        await using TsdbServer server = await StartAsync();
        using TcpClient first = new("127.0.0.1", server.HttpPort);
        using (TcpClient second = new("127.0.0.1", server.HttpPort))
        {
            Assert.Contains("200 OK", await AskAsync(first), StringComparison.Ordinal);
            Assert.Contains("200 OK", await AskAsync(second), StringComparison.Ordinal);
            using TcpClient third = new("127.0.0.1", server.HttpPort);
            Assert.Equal("", await AskAsync(third));
            string metrics = await AskAsync(first);
            Assert.Contains(
                "tsdb_connections_refused_total{listener=\"http\"} 1\n", metrics, StringComparison.Ordinal);
            Assert.Contains(
                "tsdb_connections_refused_total{listener=\"grpc\"} 0\n", metrics, StringComparison.Ordinal);
        }

        // The server sees the end of a connection when it comes to it.
        string answer = "";
        while (answer.Length == 0)
        {
            Stop.ThrowIfCancellationRequested();
            using TcpClient later = new("127.0.0.1", server.HttpPort);
            answer = await AskAsync(later);
        }

        Assert.Contains("200 OK", answer, StringComparison.Ordinal);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task Each_port_has_its_own()
    {
        await using TsdbServer server = await StartAsync();
        using TcpClient first = new("127.0.0.1", server.HttpPort);
        using TcpClient second = new("127.0.0.1", server.HttpPort);
        await AskAsync(first);
        await AskAsync(second);
        List<TcpClient> calls = [];
        for (int i = 0; i < 3; i++)
        {
            calls.Add(new TcpClient("127.0.0.1", server.GrpcPort));
            await calls[i].GetStream().WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), Stop);

            // The server's settings, or nothing.
            Assert.Equal(i < 2, await ReadSomeAsync(calls[i]) > 0);
        }

        string metrics = await AskAsync(first);
        Assert.Contains(
            "tsdb_connections_refused_total{listener=\"grpc\"} 1\n", metrics, StringComparison.Ordinal);
        calls.ForEach(static call => call.Dispose());
    }

    [Fact]
    public void The_first_refusal_is_told_at_once_and_those_after_it_together()
    {
        ManualClock clock = new();
        RefusalNotice notice = new(clock);
        Assert.Equal((true, 1L), Take(notice));
        Assert.False(Take(notice).IsTime);
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(Take(notice).IsTime);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((true, 3L), Take(notice));
        Assert.False(Take(notice).IsTime);
    }

    private static (bool IsTime, long Count) Take(RefusalNotice notice) =>
        (notice.TryTake(out long count), count);

    private Task<TsdbServer> StartAsync() => TsdbServer.StartAsync(
        new ServerOptions
        {
            DataDirectory = _data.FullName,
            HttpPort = 0,
            GrpcPort = 0,
            IlpPort = 0,
            HttpConnectionCountMax = 2,
            WarmsUp = false,
        },
        TimeProvider.System);

    /// <summary>The metrics; nothing when the server closes the connection instead.</summary>
    private static async Task<string> AskAsync(TcpClient client)
    {
        try
        {
            await client.GetStream().WriteAsync("GET /metrics HTTP/1.1\r\nHost: t\r\n\r\n"u8.ToArray(), Stop);
        }
        catch (IOException)
        {
            return "";
        }

        StringBuilder answer = new();
        byte[] buffer = new byte[64 << 10];
        while (!answer.ToString().EndsWith(LastChunk, StringComparison.Ordinal))
        {
            int sizeBytes = await ReadSomeAsync(client, buffer);
            if (sizeBytes == 0)
            {
                Assert.Equal(0, answer.Length);
                return "";
            }

            answer.Append(Encoding.ASCII.GetString(buffer, 0, sizeBytes));
        }

        return answer.ToString();
    }

    private static Task<int> ReadSomeAsync(TcpClient client) => ReadSomeAsync(client, new byte[1]);

    /// <summary>A connection that was closed with what it had sent unread ends in a reset.</summary>
    private static async Task<int> ReadSomeAsync(TcpClient client, byte[] buffer)
    {
        try
        {
            return await client.GetStream().ReadAsync(buffer, Stop);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
