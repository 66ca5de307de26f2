using System.Diagnostics;
using System.Text.Json;

namespace Tsdb.EndToEnd.Processes;

/// <summary>
/// The real server, started through the launcher on free ports, as an operator starts it. Dispose ends it as
/// a crash does, if the test has not stopped it.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan _startMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _stopMax = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly JsonElement _ready;

    private ServerProcess(Process process, Task<string> errors, JsonElement ready)
    {
        _process = process;
        _errors = errors;
        _ready = ready;
    }

    public int Id => _ready.GetProperty("pid").GetInt32();

    public int HttpPort => _ready.GetProperty("http").GetInt32();

    public int GrpcPort => _ready.GetProperty("grpc").GetInt32();

    public int IlpPort => _ready.GetProperty("ilp").GetInt32();

    public string DataFolder => _ready.GetProperty("data").GetString()!;

    public string HttpUrl => $"http://127.0.0.1:{HttpPort}";

    public string GrpcUrl => $"http://127.0.0.1:{GrpcPort}";

    public string GrpcAddress => $"127.0.0.1:{GrpcPort}";

    public bool IsRunning => !_process.HasExited;

    /// <summary>Starts the server and reads its ready line.</summary>
    public static async Task<ServerProcess> StartAsync(string dataFolder, params string[] more)
    {
        Process process = Process.Start(new ProcessStartInfo(
            RepositoryFiles.Launcher,
            [
                "serve", "--data", dataFolder, "--http-port", "0", "--grpc-port", "0", "--ilp-port", "0",
                .. more,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using CancellationTokenSource stop = new(_startMax);
        string? line = await process.StandardOutput.ReadLineAsync(stop.Token);
        if (line is null)
        {
            throw new InvalidOperationException($"the server ended before it was ready: {await errors}");
        }

        using JsonDocument ready = JsonDocument.Parse(line);
        Assert.Equal("ready", ready.RootElement.GetProperty("event").GetString());
        return new ServerProcess(process, errors, ready.RootElement.Clone());
    }

    /// <summary>Sends SIGTERM and waits: the server must drain, flush and end with code 0.</summary>
    /// <returns>What it wrote to standard error.</returns>
    public async Task<string> StopAsync()
    {
        await SignalAsync("-TERM");
        using CancellationTokenSource stop = new(_stopMax);
        await _process.WaitForExitAsync(stop.Token);
        string errors = await _errors;
        Assert.True(_process.ExitCode == 0, $"the server ended with {_process.ExitCode}:\n{errors}");
        return errors;
    }

    /// <summary>Ends the server as a crash does.</summary>
    public async Task KillAsync()
    {
        await SignalAsync("-KILL");
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [signal, $"{Id}"]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }
}
