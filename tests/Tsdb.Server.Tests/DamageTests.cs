using System.Text.Json;
using Tsdb.Server.Options;

namespace Tsdb.Server.Tests;

/// <summary>A server with a damaged file says so wherever one looks, and goes on.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tsdb-damage-test-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task A_segment_that_does_not_open_degrades_the_server_and_is_listed()
    {
        await WriteAsync();
        string segment = Flip(static sizeBytes => sizeBytes - 10);
        await using TsdbServer server = await StartAsync();
        using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{server.HttpPort}") };

        // Degraded, but it takes reads and writes: 200.
        using JsonDocument ready = JsonDocument.Parse(await http.GetStringAsync("/ready", Stop));
        Assert.Equal("degraded", ready.RootElement.GetProperty("status").GetString());
        JsonElement fault = ready.RootElement.GetProperty("faults")[0];
        Assert.Equal("segment_damaged", fault.GetProperty("kind").GetString());
        Assert.Contains(segment, fault.GetProperty("message").GetString(), StringComparison.Ordinal);

        string listed = await http.GetStringAsync("/query?format=csv&q=SHOW%20DAMAGE", Stop);
        Assert.Contains(segment, listed, StringComparison.Ordinal);
        Assert.Contains("1970-01-01T00:00:00.000000001Z", listed, StringComparison.Ordinal);
        string metrics = await http.GetStringAsync("/metrics", Stop);
        Assert.Contains("\ntsdb_damaged_parts{database=\"default\"} 1\n", metrics, StringComparison.Ordinal);
    }

    private string Flip(Func<int, int> choose)
    {
        string path = Directory.GetFiles(Path.Combine(_data.FullName, "default", "segments"))[0];
        byte[] bytes = File.ReadAllBytes(path);
        bytes[choose(bytes.Length)] ^= 1;
        File.WriteAllBytes(path, bytes);
        return Path.GetFileName(path);
    }

    private async Task WriteAsync()
    {
        await using TsdbServer server = await StartAsync();
        using Client.TsdbClient client = new("127.0.0.1", server.GrpcPort);
        await client.WriteLinesAsync("t,host=a v=1 1\nt,host=a v=2 2\n"u8.ToArray(), Stop);
        await client.FlushAsync(Stop);
    }

    private Task<TsdbServer> StartAsync() => TsdbServer.StartAsync(
        new ServerOptions
        {
            DataDirectory = _data.FullName,
            HttpPort = 0,
            GrpcPort = 0,
            IlpPort = 0,
            WarmsUp = false,
        },
        TimeProvider.System);
}
