using System.Text;
using System.Text.Json;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd.Backups;

/// <summary>A server of a test's own, and the launcher's commands, in a directory that goes
/// away.</summary>
internal sealed class BackupServer : IAsyncDisposable
{
    private static readonly HttpClient _http = new();

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("tsdb-backup-");
    private ServerProcess? _process;

    public string Root => _root.FullName;

    public string DataFolder => Path.Combine(Root, "data");

    public string BackupRoot => Path.Combine(Root, "backups");

    public ServerProcess Process => _process!;

    public static async Task<BackupServer> StartAsync(params string[] more)
    {
        BackupServer server = new();
        await server.RestartAsync(more);
        return server;
    }

    public async Task RestartAsync(params string[] more)
    {
        string config = Path.Combine(Root, "config.json");
        await File.WriteAllTextAsync(
            config, JsonSerializer.Serialize(new { warmsUp = false, backupRoot = BackupRoot }), Stop);
        string[] options = more.Contains("--config") ? more : ["--config", config, .. more];
        _process = await ServerProcess.StartAsync(DataFolder, options);
    }

    /// <summary>Runs the launcher to its end.</summary>
    public static Task<ProcessOutcome> RunAsync(params string[] arguments) =>
        ForeignProcess.RunAsync(RepositoryFiles.Launcher, arguments);

    /// <summary>Runs the launcher; it must do what was asked.</summary>
    public static async Task<string> DoAsync(params string[] arguments)
    {
        ProcessOutcome outcome = await RunAsync(arguments);
        Assert.True(
            outcome.ExitCode == 0,
            $"tsdb {string.Join(' ', arguments)}: {outcome.ExitCode}\n{outcome.Errors}");
        return outcome.Output;
    }

    /// <summary>Backs the running server's database up, to a folder of the backup root.</summary>
    public Task<string> BackUpAsync(string folder, params string[] more) => DoAsync(
        ["backup", "--to", Path.Combine(BackupRoot, folder), "--url", Process.GrpcUrl, .. more]);

    /// <summary>Writes rows of one series, one a second, with the row's number as value.</summary>
    public Task WriteAsync(int firstRow, int rowCount) => WriteAsync(Process, firstRow, rowCount);

    public static async Task WriteAsync(ServerProcess server, int firstRow, int rowCount)
    {
        StringBuilder lines = new();
        for (int row = firstRow; row < firstRow + rowCount; row++)
        {
            lines.Append(System.Globalization.CultureInfo.InvariantCulture, $"t,h=a v={row}i {row}\n");
        }

        using ByteArrayContent body = new(Encoding.ASCII.GetBytes(lines.ToString()));
        using HttpResponseMessage reply =
            await _http.PostAsync($"{server.HttpUrl}/write?precision=s", body, Stop);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(Stop));
    }

    /// <summary>Runs SQL over HTTP; the reply whole, and whether it was done.</summary>
    public static async Task<(bool IsDone, JsonElement Reply)> QueryAsync(ServerProcess server, string sql)
    {
        using StringContent body = new(
            JsonSerializer.Serialize(new { sql }), Encoding.UTF8, "application/json");
        using HttpResponseMessage reply =
            await _http.PostAsync($"{server.HttpUrl}/api/v1/query", body, Stop);
        using JsonDocument document = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(Stop));
        return (reply.IsSuccessStatusCode, document.RootElement.Clone());
    }

    /// <summary>How many rows a data directory has, and their sum, as a server serves it.</summary>
    public static async Task<(long Count, long Sum)> CountAsync(string dataFolder)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(dataFolder);
        return await CountAsync(server);
    }

    public static async Task<(long Count, long Sum)> CountAsync(ServerProcess server)
    {
        (bool isDone, JsonElement reply) = await QueryAsync(server, "SELECT count(*), sum(v) FROM t");
        Assert.True(isDone, reply.GetRawText());
        JsonElement row = reply.GetProperty("rows")[0];
        return (row[0].GetInt64(), row[1].GetInt64());
    }

    public async ValueTask DisposeAsync()
    {
        await _process!.DisposeAsync();
        _root.Delete(recursive: true);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
}
