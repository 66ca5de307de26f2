using System.CommandLine;
using System.Globalization;
using Tsdb.Server.Backups;
using Tsdb.Storage.Archives;
using Tsdb.Storage.Backups;

namespace Tsdb.Server.Cli;

/// <summary><c>tsdb backup list</c> and <c>verify</c>: what is on a target. No server is needed.</summary>
internal static class BackupStoreCommands
{
    public static Command CreateList()
    {
        Argument<string> database = BackupOptions.Database();
        Option<string> from = BackupOptions.From();
        Command command = new("list", "Lists a database's backups, oldest first.") { database, from };
        command.SetAction((parsed, cancellation) =>
        {
            BackupTerminal terminal = new("backup list");
            return terminal.RunAsync(() => UseAsync(
                parsed.GetValue(from)!,
                parsed.GetValue(database)!,
                store => ListAsync(store, cancellation)));
        });
        return command;
    }

    public static Command CreateVerify()
    {
        Argument<string> database = BackupOptions.Database();
        Option<string> from = BackupOptions.From();
        Option<string?> backup = BackupOptions.Backup();
        Command command = new(
            "verify", "Reads every object of a backup, and the archived log, and compares all checksums.")
        {
            database, from, backup,
        };
        command.SetAction((parsed, cancellation) =>
        {
            BackupTerminal terminal = new("backup verify");
            string name = parsed.GetValue(database)!;
            return terminal.RunAsync(() => UseAsync(
                parsed.GetValue(from)!,
                name,
                async store => await VerifyAsync(
                    store,
                    await FindAsync(store, name, parsed.GetValue(backup), cancellation),
                    terminal,
                    cancellation)));
        });
        return command;
    }

    /// <summary>Opens a target's backups of a database.</summary>
    public static async Task<int> UseAsync(string target, string database, Func<BackupStore, Task<int>> use)
    {
        BackupOptions.CheckDatabase(database);
        IBackupTarget opened = TargetText.Open(target, mayCreate: false);
        using IDisposable? owned = opened as IDisposable;
        return await use(new BackupStore(opened, database));
    }

    /// <summary>The backup of that name, or the newest.</summary>
    /// <exception cref="BackupException">There is none.</exception>
    public static async Task<BackupManifest> FindAsync(
        BackupStore store, string database, string? id, CancellationToken cancellation)
    {
        IReadOnlyList<BackupManifest> all = await store.ListAsync(cancellation);
        return all.LastOrDefault(backup => id is null || backup.Id == id)
            ?? throw new BackupException(
                BackupFault.NotFound,
                id ?? database,
                id is null
                    ? $"the target has no backup of '{database}'"
                    : $"the target has no backup '{id}' of '{database}'");
    }

    private static async Task<int> ListAsync(BackupStore store, CancellationToken cancellation)
    {
        foreach (BackupManifest backup in await store.ListAsync(cancellation))
        {
            await Console.Out.WriteLineAsync(BackupTerminal.Describe(backup));
        }

        return CommandLine.Success;
    }

    private static async Task<int> VerifyAsync(
        BackupStore store, BackupManifest backup, BackupTerminal terminal, CancellationToken cancellation)
    {
        int damageCount = await store.VerifyAsync(
            backup,
            static damage => Console.Error.WriteLine(damage.Message),
            progress => terminal.Show(
                "verify", progress.DoneCount, progress.TotalCount, progress.MovedSizeBytes),
            cancellation);
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{backup.Id}\t{backup.Entries.Count} files\t{backup.SizeBytes} bytes\t{damageCount} damaged"));
        int archiveFaultCount = await new ArchiveVerification(store).RunAsync(
            static run => Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"archive\t{run.Range}\tfrom {BackupTerminal.TimeOf(run.FirstCommitNs)} until "
                + $"{BackupTerminal.TimeOf(run.LastCommitNs)}\t{run.PieceCount} pieces")),
            static damage => Console.Error.WriteLine(damage.Message),
            cancellation);
        return damageCount + archiveFaultCount == 0 ? CommandLine.Success : CommandLine.Failure;
    }
}
