using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tsdb.Client;
using Tsdb.Server.Options;

namespace Tsdb.Server.Tests;

/// <summary>A real server in this process, on free ports, with a data directory of its own.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tsdb-server-test-");
    private TsdbServer? _server;

    /// <summary>Small, so that a test can exceed it.</summary>
    public const int WriteSizeBytesMax = 4 << 20;

    /// <summary>Small, so that a test can exceed it.</summary>
    public const int IlpConnectionCountMax = 8;

    public HttpClient Http { get; private set; } = null!;

    public TsdbClient Client { get; private set; } = null!;

    public Uri GrpcAddress => new($"http://127.0.0.1:{_server!.GrpcPort}");

    public int IlpPort => _server!.IlpPort;

    public async ValueTask InitializeAsync()
    {
        ServerOptions options = new()
        {
            DataDirectory = _data.FullName,
            HttpPort = 0,
            GrpcPort = 0,
            IlpPort = 0,
            IlpConnectionCountMax = IlpConnectionCountMax,
            WriteSizeBytesMax = WriteSizeBytesMax,
            WarmsUp = false,
        };
        _server = await TsdbServer.StartAsync(options, TimeProvider.System);
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_server.HttpPort}") };
        Client = new TsdbClient(GrpcAddress);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Client.Dispose();
        await _server!.DisposeAsync();
        _data.Delete(recursive: true);
    }

    /// <summary>Writes line protocol over HTTP.</summary>
    public Task<HttpResponseMessage> WriteAsync(string lines, string pathAndQuery = "/write") =>
        Http.PostAsync(pathAndQuery, new ByteArrayContent(Encoding.UTF8.GetBytes(lines)), Stop);

    /// <summary>Runs SQL over HTTP and returns the reply's JSON.</summary>
    public async Task<JsonElement> QueryAsync(string sql, object? parameters = null, string? database = null)
    {
        using HttpResponseMessage reply = await PostQueryAsync(sql, parameters, database);
        return await ReadJsonAsync(reply);
    }

    /// <summary>Runs SQL over HTTP.</summary>
    public Task<HttpResponseMessage> PostQueryAsync(
        string sql, object? parameters = null, string? database = null, string accept = "application/json")
    {
        HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/query")
        {
            Content = new StringContent(JsonSerializer.Serialize(
                new Dictionary<string, object?>
                {
                    ["sql"] = sql,
                    ["params"] = parameters,
                    ["database"] = database,
                })),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        return Http.SendAsync(request, Stop);
    }

    public static async Task<JsonElement> ReadJsonAsync(HttpResponseMessage reply)
    {
        using JsonDocument document = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(Stop));
        return document.RootElement.Clone();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
}
