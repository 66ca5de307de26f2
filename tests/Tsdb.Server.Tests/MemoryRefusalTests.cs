using System.Net;
using System.Net.Sockets;
using System.Text;
using Tsdb.Client;
using Tsdb.Core;
using Tsdb.Server.Faults;
using Tsdb.Server.Options;
using Tsdb.Storage;

namespace Tsdb.Server.Tests;

/// <summary>When memory is used up, each protocol says so in its way, and goes on when there is some
/// again.</summary>
public sealed class MemoryRefusalTests : IAsyncLifetime
{
    private const int TimeoutMs = 30_000;

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tsdb-memory-test-");
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
        _http.Dispose();
        await _server.DisposeAsync();
        _data.Delete(recursive: true);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_write_over_HTTP_is_told_when_to_come_back()
    {
        using (TakenMemory taken = new(_server, withLastBatch: true))
        {
            using HttpResponseMessage refused = await WriteAsync("m v=1i 1\n");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter?.Delta);
            Assert.Contains("--memory-limit", await refused.Content.ReadAsStringAsync(Stop));
        }

        using HttpResponseMessage stored = await WriteAsync("m v=1i 1\n");
        Assert.Equal(HttpStatusCode.NoContent, stored.StatusCode);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task Lines_over_TCP_wait_and_are_stored_afterwards()
    {
        using TcpClient sender = new();
        await sender.ConnectAsync("127.0.0.1", _server.IlpPort, Stop);
        using (TakenMemory taken = new(_server, withLastBatch: true))
        {
            await sender.GetStream().WriteAsync("waiting v=1i 1\n"u8.ToArray(), Stop);
            Assert.DoesNotContain("waiting", await QueryAsync("SHOW TABLES"), StringComparison.Ordinal);
        }

        while (!(await QueryAsync("SHOW TABLES")).Contains("waiting", StringComparison.Ordinal))
        {
            Stop.ThrowIfCancellationRequested();
        }
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_writer_of_our_client_waits_and_goes_on()
    {
        using TsdbClient client = new(new Uri($"http://127.0.0.1:{_server.GrpcPort}"));
        TsdbWriterSchema schema = new("columns", ["d"], [new TsdbField("v", ColumnType.Int64)]);
        await using TsdbWriter writer = await client.OpenWriterAsync(schema, null, Stop);
        TsdbBatch batch = writer.CreateBatch(1);
        batch.AddRows([writer.AddSeries("a")], [new Timestamp(1)]);
        batch.AddIntegers(0, [7]);
        Task<TsdbWriteOutcome> durable;
        using (TakenMemory taken = new(_server, withLastBatch: true))
        {
            durable = await writer.SendAsync(batch, Stop);
        }

        Assert.Equal(1, (await durable).RowsStored);
    }

    [Fact]
    public void Full_memory_is_the_same_refusal_in_every_protocol()
    {
        RequestFault fault = RequestFault.Of(new StorageClosedException("memory is full")
        {
            Refusal = StorageRefusal.MemoryFull,
            RetryAfter = TimeSpan.FromSeconds(2),
        });
        Assert.Equal(503, fault.HttpStatus);
        Assert.Equal(Grpc.Core.StatusCode.ResourceExhausted, fault.RpcStatus);
        Assert.Equal(TimeSpan.FromSeconds(2), fault.RetryAfter);
        Assert.NotNull(RequestFault.Of(new InsufficientMemoryException()).RetryAfter);
    }

    private Task<HttpResponseMessage> WriteAsync(string lines) =>
        _http.PostAsync("/write", new ByteArrayContent(Encoding.UTF8.GetBytes(lines)), Stop);

    private async Task<string> QueryAsync(string sql) =>
        await _http.GetStringAsync($"/api/v1/query?q={Uri.EscapeDataString(sql)}", Stop);
}
