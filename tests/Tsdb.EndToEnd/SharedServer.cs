using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tsdb.EndToEnd;
using Tsdb.EndToEnd.Processes;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace Tsdb.EndToEnd;

/// <summary>
/// One server for all tests that do not stop it; each uses a database of its own. It meets every hostile
/// request there is here, and must still end with code 0.
/// </summary>
public sealed class SharedServer : IAsyncLifetime
{
    /// <summary>Small, so that a test can exceed it.</summary>
    public const int WriteSizeBytesMax = 8 << 20;

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tsdb-e2e-");
    private ServerProcess? _process;

    public string HttpUrl => _process!.HttpUrl;

    public string GrpcUrl => _process!.GrpcUrl;

    public string GrpcAddress => _process!.GrpcAddress;

    public int HttpPort => _process!.HttpPort;

    public int IlpPort => _process!.IlpPort;

    public HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        string config = Path.Combine(_data.FullName, "config.json");
        await File.WriteAllTextAsync(config, $$"""{"writeSizeBytesMax": {{WriteSizeBytesMax}}}""");
        _process = await ServerProcess.StartAsync(Path.Combine(_data.FullName, "data"), "--config", config);
        Http = new HttpClient { BaseAddress = new Uri(HttpUrl) };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process!.StopAsync();
        await _process.DisposeAsync();
        _data.Delete(recursive: true);
    }

    /// <summary>Writes lines that must all be stored.</summary>
    public async Task WriteAsync(string database, string lines)
    {
        using HttpResponseMessage reply = await Http.PostAsync(
            $"/write?db={database}", new ByteArrayContent(Encoding.UTF8.GetBytes(lines)), Stop);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(Stop));
    }

    /// <summary>Runs SQL over HTTP; the rows as JSON text.</summary>
    public async Task<string> QueryAsync(string database, string sql)
    {
        using StringContent body = new(JsonSerializer.Serialize(new { sql, database }));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage reply = await Http.PostAsync("/api/v1/query", body, Stop);
        string text = await reply.Content.ReadAsStringAsync(Stop);
        Assert.True(reply.IsSuccessStatusCode, $"{sql}\n{text}");
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.GetProperty("rows").GetRawText();
    }

    /// <summary>The value of one metric without labels.</summary>
    public async Task<double> ReadMetricAsync(string name)
    {
        string text = await Http.GetStringAsync("/metrics", Stop);
        string line = text.Split('\n').Single(line => line.StartsWith($"{name} ", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
}
