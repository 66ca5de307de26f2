using System.Net;
using System.Net.Sockets;
using System.Text;
using Tsdb.Client;
using Tsdb.Core;
using Tsdb.Server.Options;

namespace Tsdb.Server.Tests;

/// <summary>Many senders that are connected and send nothing, or hardly anything, at a small limit: the
/// others write all the same.</summary>
public sealed class IdleSenderTests : IAsyncLifetime
{
    private const int TimeoutMs = 60_000;
    private const int SenderCount = 200;

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tsdb-idle-test-");
    private readonly List<TcpClient> _senders = [];
    private TsdbServer _server = null!;
    private HttpClient _http = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        ServerOptions options = new()
        {
            DataDirectory = _data.FullName,
            HttpPort = 0,
            GrpcPort = 0,
            IlpPort = 0,
            MemoryLimitBytes = 512L << 20,
            WarmsUp = false,
        };
        _server = await TsdbServer.StartAsync(options, TimeProvider.System);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_server.HttpPort}") };
    }

    public async ValueTask DisposeAsync()
    {
        _senders.ForEach(static sender => sender.Dispose());
        _http.Dispose();
        await _server.DisposeAsync();
        _data.Delete(recursive: true);
    }

    [Theory(Timeout = TimeoutMs)]
    [InlineData("")]
    [InlineData("idle v=")]
    public async Task Idle_senders_over_TCP_do_not_keep_others_from_writing(string rest)
    {
        for (int i = 0; i < SenderCount; i++)
        {
            NetworkStream stream = await ConnectAsync(_server.IlpPort);
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"idle v={i}i {i + 1}\n{rest}"), Stop);
        }

        await WaitForRowsAsync("idle", SenderCount);
        await WriteByAllProtocolsAsync();
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task Slow_bodies_over_HTTP_do_not_keep_others_from_writing()
    {
        byte[] head = Encoding.ASCII.GetBytes(
            "POST /write HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
        for (int i = 0; i < SenderCount; i++)
        {
            NetworkStream stream = await ConnectAsync(_server.HttpPort);
            await stream.WriteAsync(head, Stop);

            // Comes when the body is read for the first time.
            byte[] reply = new byte[25];
            await stream.ReadExactlyAsync(reply, Stop);
            Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", Encoding.ASCII.GetString(reply));
            await stream.WriteAsync("slow v=1i 1\nslow v="u8.ToArray(), Stop);
        }

        await WriteByAllProtocolsAsync();
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task Memory_that_never_comes_back_slows_writes_and_does_not_stop_them()
    {
        using TakenMemory taken = new(_server, withLastBatch: false);
        await WriteByAllProtocolsAsync();
    }

    private async Task WriteByAllProtocolsAsync()
    {
        string lines = string.Concat(Enumerable.Range(1, 5000).Select(static i => $"m,d=a v={i}i {i}\n"));
        using HttpResponseMessage reply =
            await _http.PostAsync("/write", new ByteArrayContent(Encoding.UTF8.GetBytes(lines)), Stop);
        Assert.Equal(HttpStatusCode.NoContent, reply.StatusCode);

        using TsdbClient client = new(new Uri($"http://127.0.0.1:{_server.GrpcPort}"));
        TsdbWriterSchema schema = new("columns", ["d"], [new TsdbField("v", ColumnType.Int64)]);
        await using TsdbWriter writer = await client.OpenWriterAsync(schema, null, Stop);
        TsdbBatch batch = writer.CreateBatch(1);
        batch.AddRows([writer.AddSeries("a")], [new Timestamp(1)]);
        batch.AddIntegers(0, [7]);
        Assert.Equal(1, (await await writer.SendAsync(batch, Stop)).RowsStored);

        NetworkStream stream = await ConnectAsync(_server.IlpPort);
        await stream.WriteAsync("last v=1i 1\n"u8.ToArray(), Stop);
        await WaitForRowsAsync("last", 1);
    }

    private async Task<NetworkStream> ConnectAsync(int port)
    {
        TcpClient sender = new();
        _senders.Add(sender);
        await sender.ConnectAsync("127.0.0.1", port, Stop);
        return sender.GetStream();
    }

    // There is no reply over TCP: asks until the rows are there; the test's timeout ends it otherwise.
    private async Task WaitForRowsAsync(string table, int rowCount)
    {
        string query = $"/api/v1/query?q={Uri.EscapeDataString($"SELECT count(*) FROM {table}")}";
        while (true)
        {
            using HttpResponseMessage reply = await _http.GetAsync(query, Stop);
            string rows = await reply.Content.ReadAsStringAsync(Stop);
            if (rows.Contains($"[{rowCount}]", StringComparison.Ordinal))
            {
                return;
            }
        }
    }
}
