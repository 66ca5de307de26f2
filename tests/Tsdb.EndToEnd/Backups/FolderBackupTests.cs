using System.Text.Json;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd.Backups;

/// <summary>Backups to a folder, as an operator makes them with the real programs.</summary>
public sealed class FolderBackupTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_of_a_running_server_is_listed_verified_and_restored()
    {
        await using BackupServer server = await BackupServer.StartAsync();
        await server.WriteAsync(0, 1000);
        string first = await server.BackUpAsync("b", "--verify");
        await server.WriteAsync(1000, 500);
        string second = await server.BackUpAsync("b");
        await server.WriteAsync(1500, 1);
        string target = Path.Combine(server.BackupRoot, "b");

        string[] listed = Lines(await BackupServer.DoAsync("backup", "list", "--from", target));
        Assert.Equal([IdOf(first), IdOf(second)], listed.Select(IdOf));
        Assert.EndsWith("0 damaged\n", await VerifyAsync(target), StringComparison.Ordinal);

        string newest = Path.Combine(server.Root, "newest");
        string restored = await BackupServer.DoAsync("restore", "--from", target, "--to", newest);
        Assert.EndsWith("0 damaged\n", restored, StringComparison.Ordinal);
        Assert.Equal((1500, SumBelow(1500)), await BackupServer.CountAsync(newest));
        string older = Path.Combine(server.Root, "older");
        await BackupServer.DoAsync("restore", "--from", target, "--to", older, "--backup", IdOf(first));
        Assert.Equal((1000, SumBelow(1000)), await BackupServer.CountAsync(older));

        ProcessOutcome again = await BackupServer.RunAsync("restore", "--from", target, "--to", newest);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("not empty", again.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keep_removes_the_oldest_backups_and_what_only_they_had()
    {
        await using BackupServer server = await BackupServer.StartAsync();
        for (int round = 0; round < 3; round++)
        {
            await server.WriteAsync(round * 10, 10);
            await server.BackUpAsync("b", "--keep", "2");
        }

        string target = Path.Combine(server.BackupRoot, "b");
        Assert.Equal(2, Lines(await BackupServer.DoAsync("backup", "list", "--from", target)).Length);
        Assert.EndsWith("0 damaged\n", await VerifyAsync(target), StringComparison.Ordinal);
        string[] catalogues = Directory.GetFiles(
            Path.Combine(target, "default", "objects"), "superblock", SearchOption.AllDirectories);
        Assert.Equal(2, catalogues.Length);
    }

    [Fact]
    public async Task A_damaged_object_is_named_and_nothing_is_restored_of_it()
    {
        await using BackupServer server = await BackupServer.StartAsync();
        await server.WriteAsync(0, 1000);
        await server.BackUpAsync("b");
        string target = Path.Combine(server.BackupRoot, "b");
        string segment = Directory.GetFiles(Path.Combine(target, "default", "objects"), "*.seg")[0];
        byte[] bytes = await File.ReadAllBytesAsync(segment, Stop);
        bytes[bytes.Length / 2] ^= 0x40;
        await File.WriteAllBytesAsync(segment, bytes, Stop);

        string name = Path.GetFileName(segment);
        ProcessOutcome verified = await BackupServer.RunAsync("backup", "verify", "--from", target);
        Assert.Equal(1, verified.ExitCode);
        Assert.Contains(name, verified.Errors, StringComparison.Ordinal);
        string to = Path.Combine(server.Root, "restored");
        ProcessOutcome restored = await BackupServer.RunAsync("restore", "--from", target, "--to", to);
        Assert.Equal(1, restored.ExitCode);
        Assert.Contains(name, restored.Errors, StringComparison.Ordinal);
        ProcessOutcome served = await BackupServer.RunAsync("serve", "--data", to, "--http-port", "0");
        Assert.Equal(1, served.ExitCode);
    }

    [Fact]
    public async Task A_stopped_servers_data_are_backed_up_and_a_running_ones_are_refused()
    {
        await using BackupServer server = await BackupServer.StartAsync();
        await server.WriteAsync(0, 100);
        string target = Path.Combine(server.Root, "offline");
        string[] command = ["backup", "--to", target, "--data", server.DataFolder];
        Assert.Equal(1, (await BackupServer.RunAsync(command)).ExitCode);
        await server.Process.KillAsync();
        await BackupServer.DoAsync(command);
        string to = Path.Combine(server.Root, "restored");
        await BackupServer.DoAsync("restore", "--from", target, "--to", to);
        Assert.Equal((100, SumBelow(100)), await BackupServer.CountAsync(to));
    }

    [Fact]
    public async Task A_server_writes_backups_below_its_backup_root_only()
    {
        await using BackupServer server = await BackupServer.StartAsync();
        await server.WriteAsync(0, 10);
        string outside = Path.Combine(server.Root, "backups-outside");
        ProcessOutcome refused = await BackupServer.RunAsync(
            "backup", "--to", outside, "--url", server.Process.GrpcUrl);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--backup-root", refused.Errors, StringComparison.Ordinal);
        foreach (string target in (string[])[outside, "../backups-outside", "http://example.com/b", ""])
        {
            (bool isDone, JsonElement reply) = await BackupServer.QueryAsync(
                server.Process, $"BACKUP DATABASE TO '{target}'");
            Assert.False(isDone, target);
            Assert.NotEqual("", reply.GetProperty("error").GetString());
        }

        Assert.False(Directory.Exists(outside));
    }

    [Fact]
    public async Task SQL_makes_and_shows_snapshots_and_backups()
    {
        await using BackupServer server = await BackupServer.StartAsync();
        await server.WriteAsync(0, 10);
        JsonElement made = await DoAsync(server, "CREATE SNAPSHOT monday");
        Assert.Equal("monday", made[0][0].GetString());
        string path = made[0][5].GetString()!;
        await server.WriteAsync(10, 5);
        Assert.Equal((10, SumBelow(10)), await BackupServer.CountAsync(path));
        Assert.Equal("monday", (await DoAsync(server, "SHOW SNAPSHOTS"))[0][0].GetString());
        (bool isDone, JsonElement reply) =
            await BackupServer.QueryAsync(server.Process, "CREATE SNAPSHOT monday");
        Assert.False(isDone);
        Assert.Contains("monday", reply.GetProperty("error").GetString(), StringComparison.Ordinal);
        await DoAsync(server, "DROP SNAPSHOT monday");
        Assert.Equal(0, (await DoAsync(server, "SHOW SNAPSHOTS")).GetArrayLength());
        Assert.False(Directory.Exists(path));

        JsonElement backup = await DoAsync(server, "BACKUP DATABASE TO 'sql'");
        JsonElement shown = await DoAsync(server, "SHOW BACKUPS FROM 'sql'");
        Assert.Equal(backup.GetRawText(), shown.GetRawText());
        string to = Path.Combine(server.Root, "restored");
        await BackupServer.DoAsync(
            "restore", "--from", Path.Combine(server.BackupRoot, "sql"), "--to", to);
        Assert.Equal((15, SumBelow(15)), await BackupServer.CountAsync(to));
    }

    [Fact]
    public async Task Snapshots_are_made_listed_and_deleted_from_the_command_line()
    {
        await using BackupServer server = await BackupServer.StartAsync();
        await server.WriteAsync(0, 10);
        string[] url = ["--url", server.Process.GrpcUrl];
        string made = await BackupServer.DoAsync(["snapshot", "create", "monday", .. url]);
        Assert.Equal(made, await BackupServer.DoAsync(["snapshot", "list", .. url]));
        Assert.Equal(1, (await BackupServer.RunAsync(["snapshot", "delete", "tuesday", .. url])).ExitCode);
        await BackupServer.DoAsync(["snapshot", "delete", "monday", .. url]);
        Assert.Equal("", await BackupServer.DoAsync(["snapshot", "list", .. url]));
    }

    private static async Task<JsonElement> DoAsync(BackupServer server, string sql)
    {
        (bool isDone, JsonElement reply) = await BackupServer.QueryAsync(server.Process, sql);
        Assert.True(isDone, $"{sql}: {reply.GetRawText()}");
        return reply.GetProperty("rows");
    }

    private static Task<string> VerifyAsync(string target) =>
        BackupServer.DoAsync("backup", "verify", "--from", target);

    private static string[] Lines(string output) =>
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string IdOf(string line) => line.Split('\t')[0];

    private static long SumBelow(long count) => count * (count - 1) / 2;
}
