using System.CommandLine;
using Tsdb.Engine;
using Tsdb.Storage;
using Tsdb.Storage.Devices;

namespace Tsdb.Server.Cli;

/// <summary>
/// <c>tsdb check</c>: reads every byte of a stopped server's data and verifies every checksum.
/// </summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        Option<string> data = new("--data")
        {
            Description = "The data directory; no server has it open.",
            HelpName = "DIR",
            Required = true,
        };
        Command command = new("check", "Verifies every checksum of a data directory. Changes nothing.")
        {
            data,
        };
        command.SetAction(
            (parsed, cancellation) => Task.FromResult(Run(parsed.GetValue(data)!, cancellation)));
        return command;
    }

    private static int Run(string dataDirectory, CancellationToken cancellation)
    {
        try
        {
            string[] databases = Directory.GetDirectories(dataDirectory);
            Array.Sort(databases, StringComparer.Ordinal);
            int damageCount = 0;
            foreach (string path in databases.Where(DatabaseDirectory.IsDatabase))
            {
                damageCount += Check(path, cancellation);
            }

            return damageCount == 0 ? CommandLine.Success : CommandLine.Failure;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"tsdb check: {fault.Message}");
            return CommandLine.Failure;
        }
    }

    private static int Check(string path, CancellationToken cancellation)
    {
        string name = Path.GetFileName(path);
        using LocalStorageDevice device = LocalStorageDevice.Open(path);
        StorageCheckResult result = StorageCheck.Run(
            device, damage => Console.Error.WriteLine($"{name}: {damage}"), cancellation);
        Console.WriteLine(
            $"{name}: {result.SegmentCount} segments, {result.ChunkCount} chunks, "
            + $"{result.FrameCount} log frames, {result.DamageCount} damaged");
        return result.DamageCount;
    }
}
