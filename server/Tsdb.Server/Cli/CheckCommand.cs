using System.CommandLine;
using System.Globalization;
using Tsdb.Engine;
using Tsdb.Storage;
using Tsdb.Storage.Devices;

namespace Tsdb.Server.Cli;

/// <summary>
/// <c>tsdb check</c>: reads every byte of a stopped server's data and verifies every checksum. Ends with 0
/// when all is sound, 1 when something is damaged, 2 when it could not be checked.
/// </summary>
internal static class CheckCommand
{
    /// <summary>What it returns when nothing can be said of the data.</summary>
    public const int NotChecked = 2;

    private static readonly TimeSpan _progressInterval = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        Option<string> data = new("--data")
        {
            Description = "The data directory; no server has it open.",
            HelpName = "DIR",
            Required = true,
        };
        Option<bool> json = new("--json")
        {
            Description = "Prints one JSON document with all that is damaged and what is lost with it.",
        };
        Command command = new(
            "check",
            "Verifies every checksum of a data directory. Changes nothing. "
            + "Exit code: 0 all is sound, 1 something is damaged, 2 it could not be checked.")
        {
            data, json,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(
            Run(parsed.GetValue(data)!, parsed.GetValue(json), cancellation)));
        return command;
    }

    private static int Run(string dataDirectory, bool isJson, CancellationToken cancellation)
    {
        try
        {
            string[] databases =
                [.. Directory.GetDirectories(dataDirectory).Where(DatabaseDirectory.IsDatabase)];
            if (databases.Length == 0)
            {
                Console.Error.WriteLine($"tsdb check: {dataDirectory} holds no database");
                return NotChecked;
            }

            Array.Sort(databases, StringComparer.Ordinal);
            CheckReport report = new();
            foreach (string path in databases)
            {
                Check(path, report, isJson, cancellation);
            }

            if (isJson)
            {
                Console.WriteLine(report.ToJson(dataDirectory));
            }

            return report.DamageCount == 0 ? CommandLine.Success : CommandLine.Failure;
        }
        catch (StorageLockedException fault)
        {
            Console.Error.WriteLine(
                $"tsdb check: {fault.Message} Stop the server, or check a snapshot (tsdb snapshot).");
            return NotChecked;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"tsdb check: {fault.Message}");
            return NotChecked;
        }
    }

    private static void Check(string path, CheckReport report, bool isJson, CancellationToken cancellation)
    {
        string name = Path.GetFileName(path);
        List<CheckDamage> damages = [];
        using LocalStorageDevice device = LocalStorageDevice.Open(path);
        long reportedAt = TimeProvider.System.GetTimestamp();
        StorageCheckResult result = StorageCheck.Run(
            device,
            damage =>
            {
                damages.Add(damage);
                Console.Error.WriteLine($"{name}: {damage.Message}");
            },
            progress =>
            {
                if (TimeProvider.System.GetElapsedTime(reportedAt) >= _progressInterval)
                {
                    reportedAt = TimeProvider.System.GetTimestamp();
                    Console.Error.WriteLine($"{name}: {Describe(progress)}");
                }
            },
            cancellation);
        report.Add(name, result, damages);
        if (!isJson)
        {
            Console.WriteLine(
                $"{name}: {result.SegmentCount} segments, {result.ChunkCount} chunks, "
                + $"{result.FrameCount} log frames, {result.DamageCount} damaged");
        }
    }

    private static string Describe(CheckProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.SegmentCount} of {progress.SegmentCountMax} segments, "
        + $"{progress.SizeBytes >> 20} of {progress.SizeBytesMax >> 20} MiB");
}
