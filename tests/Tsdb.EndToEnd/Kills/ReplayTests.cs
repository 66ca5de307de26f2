using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd.Kills;

/// <summary>
/// A server that was killed with rows in its log answers while they come back: at once what they cannot
/// change, and nothing that lacks some of them.
/// </summary>
public sealed class ReplayTests : IDisposable
{
    private const int RowCount = 1_000_000;
    private const int RowsPerRequest = 20_000;

    // Nothing of the rows is flushed before the kill.
    private const string LargeMemtables = """{"memtableSizeBytesMax": 1073741824}""";

    // Each few thousand rows must be flushed before the next ones come back: that takes a while.
    private const string SmallMemtables =
        """{"memtableSizeBytesMax": 1048576, "replayWaitSecondsMax": 0.02, "segmentCountMax": 1000}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsdb-e2e-replay-");
    private readonly HttpClient _http = new();
    private int _refusedCount;
    private int _answeredCount;
    private int _storedCount;
    private long _replayedSizeBytes;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task During_a_replay_queries_are_answered_in_full_at_once_or_refused_with_the_progress()
    {
        await using (ServerProcess killed = await StartAsync(LargeMemtables))
        {
            await FillAsync(killed);
            await killed.KillAsync();
        }

        await using ServerProcess server = await StartAsync(SmallMemtables);
        while (await IsReplayingAsync(server))
        {
            await AskAsync(server);
        }

        Assert.True(_answeredCount > 0, "nothing was asked while the log was replayed");
        Assert.True(_refusedCount > 0, "no query had to be refused");
        Assert.Equal(RowCount, await CountAsync(server, "SELECT count(*) FROM logged"));
        await StoreAsync(server);
        Assert.Equal(_storedCount, await CountAsync(server, "SELECT count(*) FROM later"));
        await server.StopAsync();
    }

    private async Task<ServerProcess> StartAsync(string config)
    {
        string path = Path.Combine(_folder.FullName, "config.json");
        await File.WriteAllTextAsync(path, config, Token);
        return await ServerProcess.StartAsync(
            Path.Combine(_folder.FullName, "data"), "--config", path);
    }

    private async Task FillAsync(ServerProcess server)
    {
        using AdminCalls admin = new(server.GrpcUrl);
        Assert.Equal(HttpStatusCode.NoContent, await WriteAsync(server, "settled v=1i 1\n"));
        Assert.True(await admin.TryCallAsync("Flush"));
        Random random = new(1);
        StringBuilder lines = new();
        for (int row = 0; row < RowCount; row++)
        {
            lines.Append(
                CultureInfo.InvariantCulture,
                $"logged,s={row % 20} v={random.NextDouble()},w={random.NextDouble()} {1000 + row}\n");
            if ((row + 1) % RowsPerRequest == 0)
            {
                Assert.Equal(HttpStatusCode.NoContent, await WriteAsync(server, lines.ToString()));
                lines.Clear();
            }
        }
    }

    /// <summary>What is asked while rows are missing, or have just come back.</summary>
    private async Task AskAsync(ServerProcess server)
    {
        Assert.Equal(1, await CountAsync(server, "SELECT count(*) FROM settled"));
        Assert.Equal(0, await CountAsync(server, "SELECT count(*) FROM logged WHERE ts < '1970-01-01'"));
        _answeredCount++;
        if (await CountAsync(server, "SELECT count(*) FROM logged") is { } count)
        {
            Assert.Equal(RowCount, count);
        }

        await StoreAsync(server);
    }

    /// <summary>A write is stored, or refused for the replay.</summary>
    private async Task StoreAsync(ServerProcess server)
    {
        HttpStatusCode status = await WriteAsync(server, $"later v=1i {_storedCount + 1}\n");
        if (status == HttpStatusCode.NoContent)
        {
            _storedCount++;
            return;
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
    }

    private async Task<bool> IsReplayingAsync(ServerProcess server)
    {
        using HttpResponseMessage reply = await _http.GetAsync($"{server.HttpUrl}/ready", Token);
        if (reply.StatusCode == HttpStatusCode.OK)
        {
            return false;
        }

        using JsonDocument report = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(Token));
        Assert.Equal("replaying", report.RootElement.GetProperty("status").GetString());
        JsonElement progress = report.RootElement.GetProperty("replays")[0];
        long replayedSizeBytes = progress.GetProperty("replayedBytes").GetInt64();
        Assert.InRange(replayedSizeBytes, _replayedSizeBytes, progress.GetProperty("bytes").GetInt64());
        _replayedSizeBytes = replayedSizeBytes;
        return true;
    }

    /// <summary>What a query counts; null when it is refused as long as rows are missing.</summary>
    private async Task<long?> CountAsync(ServerProcess server, string sql)
    {
        using HttpResponseMessage reply = await _http.GetAsync(
            $"{server.HttpUrl}/api/v1/query?q={Uri.EscapeDataString(sql)}", Token);
        string body = await reply.Content.ReadAsStringAsync(Token);
        if (reply.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            Assert.Contains("bytes are back", body, StringComparison.Ordinal);
            Assert.NotNull(reply.Headers.RetryAfter);
            _refusedCount++;
            return null;
        }

        Assert.True(reply.IsSuccessStatusCode, body);
        using JsonDocument document = JsonDocument.Parse(body);
        return document.RootElement.GetProperty("rows")[0][0].GetInt64();
    }

    private async Task<HttpStatusCode> WriteAsync(ServerProcess server, string lines)
    {
        using StringContent content = new(lines);
        using HttpResponseMessage reply = await _http.PostAsync($"{server.HttpUrl}/write", content, Token);
        return reply.StatusCode;
    }
}
