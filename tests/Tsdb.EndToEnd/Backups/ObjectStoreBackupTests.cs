using System.Text.Json;
using Tsdb.EndToEnd.ObjectStores;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd.Backups;

/// <summary>Backups to an object store, as an operator makes them with the real programs.</summary>
public sealed class ObjectStoreBackupTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_to_an_object_store_is_listed_verified_and_restored()
    {
        await using ObjectStore store = await ObjectStore.StartAsync();
        await using BackupServer server =
            await BackupServer.StartAsync("--backup-root", store.PlaceOf("plant"));
        await server.WriteAsync(0, 1000);
        string[] backup = ["backup", "--to", store.PlaceOf("plant/line1"), "--url", server.Process.GrpcUrl];
        string first = await BackupServer.DoAsync([.. backup, "--verify"]);
        string[] sent = store.FilesOf("plant/line1/default/objects");
        await server.WriteAsync(1000, 500);
        string second = await BackupServer.DoAsync(backup);
        Assert.Empty(sent.Except(store.FilesOf("plant/line1/default/objects")));

        string from = store.PlaceOf("plant/line1");
        string[] listed = (await BackupServer.DoAsync("backup", "list", "--from", from))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([IdOf(first), IdOf(second)], listed.Select(IdOf));
        Assert.EndsWith(
            "0 damaged\n",
            await BackupServer.DoAsync("backup", "verify", "--from", from),
            StringComparison.Ordinal);
        await RestoreAsync(server, from, "restored", 1500);
        await BackupServer.DoAsync([.. backup, "--keep", "1"]);
        Assert.Single(store.FilesOf("plant/line1/default/backups"));
        await RestoreAsync(server, from, "again", 1500);
    }

    [Fact]
    public async Task SQL_names_a_place_below_the_root_and_no_other_is_written_to()
    {
        await using ObjectStore store = await ObjectStore.StartAsync();
        await using BackupServer server =
            await BackupServer.StartAsync("--backup-root", store.PlaceOf("plant"));
        await server.WriteAsync(0, 10);
        string[] outside =
        [
            "s3://tsdb/other", "s3://tsdb/plant2", "s3://another/plant", "../other",
            "s3://tsdb/plant?endpoint=http://127.0.0.1:1", "/tmp/x y",
        ];
        foreach (string target in outside)
        {
            (bool isDone, JsonElement reply) = await BackupServer.QueryAsync(
                server.Process, $"BACKUP DATABASE TO '{target}'");
            Assert.False(isDone, target);
            Assert.NotEqual("", reply.GetProperty("error").GetString());
        }

        Assert.Empty(store.FilesOf(""));
        foreach (string target in (string[])["line1", "s3://tsdb/plant/line2"])
        {
            (bool isDone, JsonElement reply) = await BackupServer.QueryAsync(
                server.Process, $"BACKUP DATABASE TO '{target}'");
            Assert.True(isDone, reply.GetRawText());
        }

        await RestoreAsync(server, store.PlaceOf("plant/line1"), "one", 10);
        await RestoreAsync(server, store.PlaceOf("plant/line2"), "two", 10);
    }

    [Fact]
    public async Task A_damaged_object_in_the_store_is_named()
    {
        await using ObjectStore store = await ObjectStore.StartAsync();
        await using BackupServer server = await BackupServer.StartAsync("--backup-root", store.PlaceOf("p"));
        await server.WriteAsync(0, 1000);
        await BackupServer.DoAsync("backup", "--to", store.PlaceOf("p"), "--url", server.Process.GrpcUrl);
        string segment = store.FilesOf("p/default/objects").First(
            static path => path.Contains(".seg", StringComparison.Ordinal));
        byte[] bytes = await File.ReadAllBytesAsync(segment, Stop);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, Stop);
        ProcessOutcome verified =
            await BackupServer.RunAsync("backup", "verify", "--from", store.PlaceOf("p"));
        Assert.Equal(1, verified.ExitCode);
        Assert.Contains(
            Path.GetFileName(segment)[..32], verified.Errors, StringComparison.Ordinal);
    }

    /// <summary>The server is killed as its Nth object arrives, for each N until the backup gets
    /// through.</summary>
    [Fact]
    public async Task A_server_killed_at_any_object_of_a_backup_leaves_whole_backups_and_the_next_goes_on()
    {
        await using ObjectStore store = await ObjectStore.StartAsync();
        string[] root = ["--backup-root", store.PlaceOf("p")];
        await using BackupServer server = await BackupServer.StartAsync(root);
        int rowCount = 0;
        bool isThrough = false;
        for (int objectNumber = 1; !isThrough; objectNumber++)
        {
            await server.WriteAsync(rowCount, 100);
            rowCount += 100;
            int putCount = 0;
            Task killed = Task.CompletedTask;
            store.Proxy.Decide = request =>
            {
                if (request.Method == "PUT" && Interlocked.Increment(ref putCount) == objectNumber)
                {
                    killed = server.Process.KillAsync();
                    return objectNumber % 2 == 0 ? ProxyFault.LoseAnswer : ProxyFault.Refuse;
                }

                return ProxyFault.None;
            };
            ProcessOutcome outcome = await BackupServer.RunAsync(
                "backup", "--to", store.PlaceOf("p"), "--url", server.Process.GrpcUrl);
            await killed;
            isThrough = outcome.ExitCode == 0;
            store.Proxy.Decide = static _ => ProxyFault.None;
            if (!isThrough)
            {
                await server.RestartAsync(root);
            }

            string made = await BackupServer.DoAsync(
                "backup", "--to", store.PlaceOf("p"), "--url", server.Process.GrpcUrl, "--verify");
            Assert.NotEqual("", made);
        }

        await RestoreAsync(server, store.PlaceOf("p"), "restored", rowCount);
    }

    private static async Task RestoreAsync(BackupServer server, string from, string name, long rowCount)
    {
        string to = Path.Combine(server.Root, name);
        await BackupServer.DoAsync("restore", "--from", from, "--to", to);
        Assert.Equal((rowCount, rowCount * (rowCount - 1) / 2), await BackupServer.CountAsync(to));
    }

    private static string IdOf(string line) => line.Split('\t')[0];
}
