using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Tsdb.Server.Tests;

/// <summary>The real process: its ready line, its signals, its exit codes.</summary>
public sealed class ServeCommandTests
{
    private const int TimeoutMs = 60_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = TimeoutMs)]
    public async Task SIGTERM_ends_it_with_0_and_nothing_acknowledged_is_lost()
    {
        DirectoryInfo data = Directory.CreateTempSubdirectory("tsdb-serve-test-");
        using (Process process = Serve(data))
        {
            JsonElement ready = await ReadReadyAsync(process);
            Assert.Equal("ready", ready.GetProperty("event").GetString());
            Assert.Equal(process.Id, ready.GetProperty("pid").GetInt32());
            using HttpClient http = HttpOf(ready);
            using HttpResponseMessage reply = await http.PostAsync(
                "/write", new ByteArrayContent("kept v=42i 1\n"u8.ToArray()), Stop);
            Assert.True(reply.IsSuccessStatusCode);
            await TerminateAsync(process);
            Assert.Equal(0, process.ExitCode);
        }

        using (Process process = Serve(data))
        {
            using HttpClient http = HttpOf(await ReadReadyAsync(process));
            string csv = await http.GetStringAsync(
                "/api/v1/query?format=csv&q=SELECT%20v%20FROM%20kept", Stop);
            Assert.Equal("v\r\n42\r\n", csv);
            await TerminateAsync(process);
        }

        data.Delete(recursive: true);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task An_address_that_others_can_reach_is_refused()
    {
        string config = Path.GetTempFileName();
        await File.WriteAllTextAsync(config, """{"bind": "0.0.0.0"}""", Stop);
        using Process process = Start("serve", "--data", Path.GetTempPath(), "--config", config);
        string errors = await process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("needs tokens, which do not exist yet", errors, StringComparison.Ordinal);
        File.Delete(config);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task Help_names_the_commands()
    {
        using Process process = Start("--help");
        string help = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.Equal(0, process.ExitCode);
        Assert.All(["serve", "sql", "admin"], name => Assert.Contains(name, help, StringComparison.Ordinal));
    }

    private static Process Serve(DirectoryInfo data) => Start(
        "serve", "--data", data.FullName, "--http-port", "0", "--grpc-port", "0", "--ilp-port", "0");

    private static Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(typeof(TsdbServer).Assembly.Location);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static async Task<JsonElement> ReadReadyAsync(Process process)
    {
        string? line = await process.StandardOutput.ReadLineAsync(Stop);
        Assert.NotNull(line);
        return JsonDocument.Parse(line).RootElement;
    }

    private static HttpClient HttpOf(JsonElement ready) =>
        new() { BaseAddress = new Uri($"http://127.0.0.1:{ready.GetProperty("http").GetInt32()}") };

    private static async Task TerminateAsync(Process process)
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await kill.WaitForExitAsync(Stop);
        await process.WaitForExitAsync(Stop);
    }
}
