using System.Net.Sockets;
using System.Text;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd;

/// <summary>A server that may use 512 MB: it stays below as the system counts, and says what it cannot
/// do.</summary>
public sealed class MemoryTests : IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(120);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsdb-e2e-memory-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The program ends with 0 only when peak RSS was below the limit, every refusal could be
    /// repeated, and each row acknowledged was counted once.</summary>
    [Fact]
    public async Task Many_series_late_rows_merges_and_queries_stay_within_512_MB()
    {
        ProcessOutcome outcome = await ForeignProcess.RunAsync(
            RepositoryFiles.Program("Tsdb.Bench.Workload"),
            ["memory", "--limits", "512M", "--series", "20000", "--run-seconds", "4"],
            deadline: _deadline);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Errors);
        Assert.Contains("Limit 512M: kept", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_beyond_the_share_of_all_is_refused_by_name_and_the_server_goes_on()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(
            Path.Combine(_folder.FullName, "data"), "--memory-limit", "512M");
        using HttpClient http = new() { BaseAddress = new Uri(server.HttpUrl) };
        await WriteAsync(http, "t v=1 0\nt v=2 60000000000\n");
        (int code, string reply) = await AskAsync(
            http, "SELECT ts, avg(v), max(v) FROM t WHERE ts >= '1970-01-01' SAMPLE BY 1us FILL(NULL)");
        Assert.Equal(422, code);
        Assert.Contains("more memory than", reply, StringComparison.Ordinal);
        Assert.Contains("--memory-limit", reply, StringComparison.Ordinal);
        await WriteAsync(http, "t v=3 120000000000\n");
        (code, reply) = await AskAsync(http, "SELECT count(*) FROM t");
        Assert.Equal(200, code);
        Assert.Contains("[3]", reply, StringComparison.Ordinal);
        await server.StopAsync();
    }

    [Fact]
    public async Task Senders_that_are_connected_and_silent_do_not_keep_others_from_writing()
    {
        const int SenderCount = 200;
        await using ServerProcess server = await ServerProcess.StartAsync(
            Path.Combine(_folder.FullName, "data"), "--memory-limit", "512M");
        using HttpClient http = new() { BaseAddress = new Uri(server.HttpUrl) };
        List<TcpClient> senders = [];
        for (int i = 0; i < SenderCount; i++)
        {
            senders.Add(new TcpClient());
            await senders[i].ConnectAsync("127.0.0.1", server.IlpPort, TestContext.Current.CancellationToken);
            await senders[i].GetStream().WriteAsync(
                Encoding.UTF8.GetBytes($"idle v={i}i {i + 1}\nidle v="),
                TestContext.Current.CancellationToken);
        }

        using CancellationTokenSource stop = new(_deadline);
        while (!(await AskAsync(http, "SELECT count(*) FROM idle")).Reply.Contains(
            $"[{SenderCount}]", StringComparison.Ordinal))
        {
            stop.Token.ThrowIfCancellationRequested();
        }

        await WriteAsync(http, "t v=1 0\n");
        senders.ForEach(static sender => sender.Dispose());
        await server.StopAsync();
    }

    private static async Task WriteAsync(HttpClient http, string lines)
    {
        using ByteArrayContent body = new(Encoding.UTF8.GetBytes(lines));
        using HttpResponseMessage reply =
            await http.PostAsync("/write", body, TestContext.Current.CancellationToken);
        Assert.Equal(204, (int)reply.StatusCode);
    }

    private static async Task<(int Code, string Reply)> AskAsync(HttpClient http, string sql)
    {
        using HttpResponseMessage reply = await http.GetAsync(
            $"/api/v1/query?q={Uri.EscapeDataString(sql)}", TestContext.Current.CancellationToken);
        return ((int)reply.StatusCode,
            await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
