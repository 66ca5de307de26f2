using System.Globalization;
using Tsdb.Client;
using Tsdb.Engine;
using Tsdb.Server.Backups;

namespace Tsdb.Server.Cli;

/// <summary>Has a running server send a backup, and shows its progress.</summary>
internal static class OnlineBackup
{
    public static async Task<int> RunAsync(
        Uri url,
        string database,
        string target,
        BackupOrder order,
        BackupTerminal terminal,
        CancellationToken cancellation)
    {
        using TsdbClient client = new(url, new TsdbClientOptions { Database = database });
        TsdbBackupOptions options = new()
        {
            KeepCount = order.KeepCount,
            Verifies = order.Verifies,
            OnStep = step =>
                terminal.Show(step.Phase, step.DoneCount, step.TotalCount, step.MovedSizeBytes),
        };
        try
        {
            TsdbBackup backup =
                await client.BackUpAsync(TargetText.ToAbsolute(target), options, cancellation);
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{backup.Id}\tuntil {BackupTerminal.TimeOf(backup.Until.UnixNs)}\tlsn {backup.Lsn}\t"
                + $"{backup.FileCount} files\t{backup.SizeBytes} bytes\t{backup.SentSizeBytes} sent\t"
                + $"{backup.RemovedCount} old ones removed"));
            return CommandLine.Success;
        }
        catch (TsdbException fault)
        {
            return terminal.Fail(FaultText.Of(fault, url));
        }
    }
}
