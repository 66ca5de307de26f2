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
        Command command = new("restore", "Makes a database of a backup and checks every byte of it.")
        {
            database, from, to, backup,
        };
        command.SetAction((parsed, cancellation) =>
        {
            BackupTerminal terminal = new("restore");
            string name = parsed.GetValue(database)!;
            return terminal.RunAsync(() => BackupStoreCommands.UseAsync(
                parsed.GetValue(from)!,
                name,
                async store => await RunAsync(
                    store,
                    await BackupStoreCommands.FindAsync(store, name, parsed.GetValue(backup), cancellation),
                    Path.Combine(parsed.GetValue(to)!, name),
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
