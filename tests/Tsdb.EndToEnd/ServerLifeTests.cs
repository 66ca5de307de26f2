using System.Text;
using System.Text.RegularExpressions;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd;

/// <summary>Starting, stopping, crashing and damage: each test has a server of its own.</summary>
public sealed class ServerLifeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsdb-e2e-life-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task SIGTERM_flushes_and_ends_with_code_0_and_the_rows_are_there_again()
    {
        await using (ServerProcess first = await ServerProcess.StartAsync(DataFolder))
        {
            await WriteAsync(first, "t v=1 1\nt v=2 2\n");
            Assert.Equal("", await first.StopAsync());
        }

        Assert.NotEmpty(FindSegments());
        await using ServerProcess second = await ServerProcess.StartAsync(DataFolder);
        Assert.Equal("v\r\n1\r\n2\r\n", await ReadAsync(second));
        await second.StopAsync();
    }

    [Fact]
    public async Task What_was_acknowledged_outlives_a_crash()
    {
        await using (ServerProcess first = await ServerProcess.StartAsync(DataFolder))
        {
            await WriteAsync(first, "t v=1 1\nt v=2 2\n");
            await first.KillAsync();
        }

        await using ServerProcess second = await ServerProcess.StartAsync(DataFolder);
        Assert.Equal("v\r\n1\r\n2\r\n", await ReadAsync(second));
        await second.StopAsync();
    }

    [Fact]
    public async Task SIGTERM_while_senders_write_keeps_all_that_was_acknowledged()
    {
        int[] acknowledged = new int[3];
        await using (ServerProcess first = await ServerProcess.StartAsync(DataFolder))
        {
            using HttpClient http = new() { BaseAddress = new Uri(first.HttpUrl) };
            TaskCompletionSource areWriting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Task[] senders = [.. acknowledged.Select((_, sender) => SendUntilRefusedAsync(sender))];
            await areWriting.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            await first.StopAsync();
            await Task.WhenAll(senders);

            async Task SendUntilRefusedAsync(int sender)
            {
                while (await TrySendAsync(http, sender, acknowledged[sender] + 1))
                {
                    if (++acknowledged[sender] == 20)
                    {
                        areWriting.TrySetResult();
                    }
                }
            }
        }

        await using ServerProcess second = await ServerProcess.StartAsync(DataFolder);
        CurlReply reply = await QueryAsync(
            second, "SELECT sender, max(v), count(*) FROM t GROUP BY sender ORDER BY sender");
        int[][] stored =
        [
            .. reply.ReadJson().GetProperty("rows").EnumerateArray()
                .Select(row => new[] { row[1].GetInt32(), row[2].GetInt32() }),
        ];
        Assert.Equal(acknowledged.Length, stored.Length);
        for (int i = 0; i < stored.Length; i++)
        {
            // One more than acknowledged is right, too: stored, and the reply lost on its way.
            Assert.InRange(stored[i][0], acknowledged[i], acknowledged[i] + 1);
            Assert.Equal(stored[i][0], stored[i][1]);
        }

        await second.StopAsync();
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_is_refused_and_the_first_goes_on()
    {
        await using ServerProcess first = await ServerProcess.StartAsync(DataFolder);
        ProcessOutcome second = await ForeignProcess.RunAsync(
            RepositoryFiles.Launcher,
            ["serve", "--data", DataFolder, "--http-port", "0", "--grpc-port", "0", "--ilp-port", "0"]);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("in use by another process", second.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Errors, StringComparison.Ordinal);
        ProcessOutcome check = await CheckAsync();
        Assert.Equal(2, check.ExitCode);
        Assert.Contains("in use by another process", check.Errors, StringComparison.Ordinal);
        await WriteAsync(first, "t v=1 1\n");
        await first.StopAsync();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using ServerProcess first = await ServerProcess.StartAsync(DataFolder);
        ProcessOutcome second = await ForeignProcess.RunAsync(
            RepositoryFiles.Launcher,
            [
                "serve", "--data", Path.Combine(_folder.FullName, "other"),
                "--http-port", $"{first.HttpPort}", "--grpc-port", "0", "--ilp-port", "0",
            ]);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"{first.HttpPort}", second.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Errors, StringComparison.Ordinal);
        await first.StopAsync();
    }

    [Theory]
    [InlineData("""{"bind":"0.0.0.0"}""", "0.0.0.0 is not a loopback address")]
    [InlineData("""{"bind":"192.0.2.1"}""", "192.0.2.1 is not a loopback address")]
    [InlineData("""{"bindd":"127.0.0.1"}""", "bindd")]
    [InlineData("""{""", "config.json")]
    public async Task Options_that_are_unsafe_or_wrong_are_refused(string config, string reason)
    {
        string path = Path.Combine(_folder.FullName, "config.json");
        await File.WriteAllTextAsync(path, config, TestContext.Current.CancellationToken);
        ProcessOutcome outcome = await ForeignProcess.RunAsync(
            RepositoryFiles.Launcher, ["serve", "--data", DataFolder, "--config", path]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(reason, outcome.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(DataFolder));
    }

    [Fact]
    public async Task Check_reports_a_flipped_byte_with_path_and_offset_and_queries_refuse_it()
    {
        await using (ServerProcess first = await ServerProcess.StartAsync(DataFolder))
        {
            StringBuilder lines = new();
            for (int i = 1; i <= 5000; i++)
            {
                lines.Append("t v=").Append(Math.Sqrt(i)).Append(' ').Append(i).Append('\n');
            }

            await WriteAsync(first, lines.ToString());
            await first.StopAsync();
        }

        ProcessOutcome whole = await CheckAsync();
        Assert.True(whole.ExitCode == 0, whole.Errors);
        Assert.Contains("0 damaged", whole.Output, StringComparison.Ordinal);

        string segment = FindSegments().OrderByDescending(path => new FileInfo(path).Length).First();
        byte[] bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        int flippedAt = bytes.Length / 2;
        bytes[flippedAt] ^= 0x10;
        await File.WriteAllBytesAsync(segment, bytes, TestContext.Current.CancellationToken);
        ProcessOutcome damaged = await CheckAsync();
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains(Path.GetFileName(segment), damaged.Errors, StringComparison.Ordinal);
        int reportedAt = int.Parse(Regex.Match(damaged.Errors, "at byte ([0-9]+)").Groups[1].Value);
        Assert.InRange(reportedAt, flippedAt - 64_000, flippedAt);

        await using ServerProcess second = await ServerProcess.StartAsync(DataFolder);
        CurlReply reply = await QueryAsync(second, "SELECT sum(v), max(v) FROM t WHERE v > 0");
        Assert.Equal(500, reply.Status);
        Assert.Contains(Path.GetFileName(segment), reply.Body, StringComparison.Ordinal);
        await WriteAsync(second, "other v=1 1\n");
        await second.StopAsync();
    }

    private string DataFolder => Path.Combine(_folder.FullName, "data");

    private string[] FindSegments() => Directory.GetFiles(
        Path.Combine(DataFolder, "default", "segments"), "*", SearchOption.AllDirectories);

    private Task<ProcessOutcome> CheckAsync() =>
        ForeignProcess.RunAsync(RepositoryFiles.Launcher, ["check", "--data", DataFolder]);

    private static async Task WriteAsync(ServerProcess server, string lines)
    {
        CurlReply reply = await Curl.PostAsync($"{server.HttpUrl}/write", lines);
        Assert.True(reply.Status == 204, reply.Body);
    }

    /// <summary>Whether the row was acknowledged; a server that stops refuses or closes the
    /// connection.</summary>
    private static async Task<bool> TrySendAsync(HttpClient http, int sender, int number)
    {
        try
        {
            using StringContent line = new($"t,sender=s{sender} v={number}i {number}");
            using HttpResponseMessage reply = await http.PostAsync("/write", line, CancellationToken.None);
            return reply.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<string> ReadAsync(ServerProcess server) =>
        (await QueryAsync(server, "SELECT v FROM t ORDER BY ts", "-d", "format=csv")).Body;

    private static Task<CurlReply> QueryAsync(ServerProcess server, string sql, params string[] more) =>
        Curl.GetAsync(
            $"{server.HttpUrl}/api/v1/query", ["-G", "--data-urlencode", $"q={sql}", .. more]);
}
