using System.Globalization;
using Tsdb.Engine;
using Tsdb.Server.Backups;
using Tsdb.Storage.Backups;

namespace Tsdb.Server.Cli;

/// <summary>Opens the data directory of a stopped server and sends a backup of it.</summary>
internal static class StoppedBackup
{
    public static async Task<int> RunAsync(
        string directory,
        string name,
        string target,
        BackupOrder order,
        BackupTerminal terminal,
        CancellationToken cancellation)
    {
        BackupOptions.CheckDatabase(name);
        if (!Directory.Exists(Path.Combine(directory, name)))
        {
            return terminal.Fail($"there is no database '{name}' in {directory}");
        }

        await using TsdbEngine engine = await TsdbEngine.OpenAsync(
            new DatabaseOptions { DataDirectory = directory }, TimeProvider.System);
        IBackupTarget opened = TargetText.Open(target, mayCreate: true);
        using IDisposable? owned = opened as IDisposable;
        BackupOutcome outcome = await engine.GetOrCreate(name).Backups.RunAsync(
            opened,
            order,
            (phase, progress) => terminal.Show(
                phase.ToString().ToLowerInvariant(),
                progress.DoneCount,
                progress.TotalCount,
                progress.MovedSizeBytes),
            cancellation);
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{BackupTerminal.Describe(outcome.Manifest)}\t{outcome.SentSizeBytes} sent\t"
            + $"{outcome.RemovedCount} old ones removed"));
        return CommandLine.Success;
    }
}
