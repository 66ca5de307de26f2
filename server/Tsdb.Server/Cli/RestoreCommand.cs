using System.CommandLine;
using System.Globalization;
using Tsdb.Storage;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Devices;

namespace Tsdb.Server.Cli;

/// <summary><c>tsdb restore</c>: makes a data directory of a backup, and checks every byte of it.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        Argument<string> database = BackupOptions.Database();
        Option<string> from = BackupOptions.From();
        Option<string?> backup = BackupOptions.Backup();
        Option<string> to = new("--to")
        {
            Description = "A data directory that no server has open and that lacks this database.",
            HelpName = "DIR",
            Required = true,
        };
        Option<string?> until = new("--until")
        {
            Description = "A time as 2026-11-22T10:00:00Z, or 'end': replays the archived log up to it.",
            HelpName = "TIME",
        };
        Option<ulong?> untilLsn = new("--until-lsn")
        {
            Description = "Replays the archived log up to a frame.",
            HelpName = "LSN",
        };
        Command command = new("restore", "Makes a database of a backup and checks every byte of it.")
        {
            database, from, to, backup, until, untilLsn,
        };
        command.Validators.Add(result =>
        {
            bool hasPoint = result.GetResult(until) is not null || result.GetResult(untilLsn) is not null;
            if (hasPoint && result.GetResult(backup) is not null)
            {
                result.AddError("--backup and --until exclude each other: a point has its backup");
            }
        });
        command.SetAction((parsed, cancellation) =>
        {
            BackupTerminal terminal = new("restore");
            string name = parsed.GetValue(database)!;
            string path = Path.Combine(parsed.GetValue(to)!, name);
            bool isPoint = parsed.GetResult(until) is not null || parsed.GetResult(untilLsn) is not null;
            return terminal.RunAsync(() => BackupStoreCommands.UseAsync(
                parsed.GetValue(from)!,
                name,
                async store => isPoint
                    ? await PointRestore.RunAsync(
                        store,
                        PointRestore.Parse(parsed.GetValue(until), parsed.GetValue(untilLsn)),
                        path,
                        terminal,
                        cancellation)
                    : await RunAsync(
                        store,
                        await BackupStoreCommands.FindAsync(
                            store, name, parsed.GetValue(backup), cancellation),
                        path,
                        terminal,
                        cancellation)));
        });
        return command;
    }

    private static async Task<int> RunAsync(
        BackupStore store,
        BackupManifest backup,
        string path,
        BackupTerminal terminal,
        CancellationToken cancellation)
    {
        using LocalStorageDevice device = LocalStorageDevice.Open(path);
        StorageCheckResult result = await new DatabaseRestore(store).RunAsync(
            backup,
            device,
            progress => terminal.Show(
                "restore", progress.DoneCount, progress.TotalCount, progress.MovedSizeBytes),
            cancellation);
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{BackupTerminal.Describe(backup)}\tchecked: {result.SegmentCount} segments, "
            + $"{result.ChunkCount} chunks, {result.DamageCount} damaged"));
        return CommandLine.Success;
    }
}
