using System.Text.Json;
using Tsdb.EndToEnd.ObjectStores;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd.Backups;

/// <summary>The commands of <c>docs/operating/backup.md</c> that put a database back to a moment.</summary>
public sealed class PointInTimeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_is_put_back_to_before_a_delete_after_its_server_was_killed()
    {
        await using BackupServer server = await BackupServer.StartAsync();
        string target = Path.Combine(server.BackupRoot, "plant");
        await CheckAsync(server, target);
    }

    [Fact]
    public async Task The_log_is_archived_to_an_object_store_too()
    {
        await using ObjectStore store = await ObjectStore.StartAsync();
        await using BackupServer server = await BackupServer.StartAsync();
        await CheckAsync(server, store.PlaceOf("plant"));
    }

    private static async Task CheckAsync(BackupServer server, string target)
    {
        string config = Path.Combine(server.Root, "archive.json");
        await File.WriteAllTextAsync(
            config,
            JsonSerializer.Serialize(new { warmsUp = false, backupRoot = target, archiveSecondsMax = 1 }),
            Stop);
        Dictionary<string, string> places = new()
        {
            ["./data"] = server.DataFolder,
            ["/backups/plant"] = target,
            ["./restored"] = Path.Combine(server.Root, "early"),
            ["./all"] = Path.Combine(server.Root, "late"),
        };
        string[][] commands = await ReadManualAsync(places);
        Assert.Equal(
            ["serve", "backup", "restore", "restore", "backup"], commands.Select(static words => words[0]));
        await server.Process.KillAsync();
        Assert.Equal(["--data", server.DataFolder], commands[0][1..3]);
        await server.RestartAsync(["--config", config, .. commands[0][3..]]);
        await server.WriteAsync(0, 100);
        await BackupServer.DoAsync([.. commands[1], "--url", server.Process.GrpcUrl]);
        await server.WriteAsync(100, 50);
        await WaitForArchiveAsync(server);
        string before = await NowAsync(server);
        (bool isDone, JsonElement reply) = await BackupServer.QueryAsync(
            server.Process, "DELETE FROM t WHERE time >= '1970-01-01T00:02:00Z'");
        Assert.True(isDone, reply.GetRawText());
        Assert.Equal(120, (await BackupServer.CountAsync(server.Process)).Count);
        await WaitForArchiveAsync(server);
        await server.Process.KillAsync();

        Assert.Equal("--until", commands[2][^2]);
        string report = await BackupServer.DoAsync([.. commands[2][..^1], before]);
        Assert.Contains("50 rows and 0 deletes", report, StringComparison.Ordinal);
        Assert.Equal((150, 150 * 149 / 2), await BackupServer.CountAsync(places["./restored"]));
        await BackupServer.DoAsync(commands[3]);
        Assert.Equal((120, 120 * 119 / 2), await BackupServer.CountAsync(places["./all"]));
        string verified = await BackupServer.DoAsync(commands[4]);
        Assert.Contains("0 damaged", verified, StringComparison.Ordinal);
        Assert.Contains("archive\tLSN ", verified, StringComparison.Ordinal);
        ProcessOutcome refused = await BackupServer.RunAsync(
            "restore", "--from", target, "--to", Path.Combine(server.Root, "never"), "--until", "2100-01-01");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("does not reach 2100-01-01", refused.Errors, StringComparison.Ordinal);
    }

    /// <summary>The words of the manual's commands, with the places of the test.</summary>
    private static async Task<string[][]> ReadManualAsync(Dictionary<string, string> places)
    {
        string text = await File.ReadAllTextAsync(
            Path.Combine(RepositoryFiles.Root, "docs", "operating", "backup.md"), Stop);
        string[] lines = text.Split("## Put it back to any moment")[1]
            .Split("```console")[1].Split("```")[0]
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, static line => Assert.StartsWith("$ ./tsdb ", line, StringComparison.Ordinal));
        return
        [
            .. lines.Select(line => line["$ ./tsdb ".Length..].Split('#')[0]
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(word => places.GetValueOrDefault(word, word)).ToArray()),
        ];
    }

    /// <summary>Waits until a moment after the call can be restored.</summary>
    private static async Task WaitForArchiveAsync(BackupServer server)
    {
        using HttpClient http = new();
        double uptime = await ReadAsync(http, server, "tsdb_uptime_seconds");
        while (await ReadAsync(http, server, "tsdb_uptime_seconds")
            - await ReadAsync(http, server, "tsdb_archive_lag_seconds") <= uptime)
        {
            Stop.ThrowIfCancellationRequested();
        }
    }

    private static async Task<double> ReadAsync(HttpClient http, BackupServer server, string metric)
    {
        string text = await http.GetStringAsync($"{server.Process.HttpUrl}/metrics", Stop);
        string line = text.Split('\n').Last(line => line.StartsWith(metric, StringComparison.Ordinal));
        return double.TryParse(line.Split(' ')[^1], out double value) ? value : double.PositiveInfinity;
    }

    /// <summary>The last moment that can be restored.</summary>
    private static async Task<string> NowAsync(BackupServer server)
    {
        (_, JsonElement reply) = await BackupServer.QueryAsync(server.Process, "SELECT now()");
        return reply.GetProperty("rows")[0][0].GetString()!;
    }
}
