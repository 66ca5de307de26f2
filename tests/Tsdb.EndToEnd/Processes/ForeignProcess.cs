using System.Diagnostics;
using System.Text.Json;

namespace Tsdb.EndToEnd.Processes;

/// <summary>Runs a program that is not ours to its end, or kills it at its deadline.</summary>
internal static class ForeignProcess
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    /// <summary>Runs a program; a missing program fails the test, as does one that outlives its
    /// deadline.</summary>
    public static async Task<ProcessOutcome> RunAsync(
        string program, IEnumerable<string> arguments, byte[]? input = null, TimeSpan? deadline = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using CancellationTokenSource stop =
            CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(deadline ?? _deadline);
        Task<string> output = process.StandardOutput.ReadToEndAsync(stop.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(stop.Token);
        try
        {
            await WriteInputAsync(process, input, stop.Token);
            await process.WaitForExitAsync(stop.Token);
            return new ProcessOutcome(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"killed at its deadline: {program} {string.Join(' ', arguments)}");
        }
    }

    /// <summary>Runs one of the scripts in <c>node/</c> and reads the JSON it prints.</summary>
    public static Task<JsonElement> RunNodeAsync(string script, object arguments) =>
        RunScriptAsync("node", RepositoryFiles.NodeScript(script), arguments);

    /// <summary>Runs one of the scripts in <c>python/</c> and reads the JSON it prints.</summary>
    public static Task<JsonElement> RunPythonAsync(string script, object arguments) =>
        RunScriptAsync(RepositoryFiles.Python, RepositoryFiles.PythonScript(script), arguments);

    private static async Task<JsonElement> RunScriptAsync(string program, string script, object arguments)
    {
        ProcessOutcome outcome = await RunAsync(program, [script, JsonSerializer.Serialize(arguments)]);
        Assert.True(outcome.ExitCode == 0, $"{script} ended with {outcome.ExitCode}:\n{outcome.Errors}");
        return outcome.ReadJson();
    }

    private static async Task WriteInputAsync(Process process, byte[]? input, CancellationToken cancellation)
    {
        if (input is not null)
        {
            await process.StandardInput.BaseStream.WriteAsync(input, cancellation);
        }

        process.StandardInput.Close();
    }
}
