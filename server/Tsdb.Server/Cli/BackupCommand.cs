using System.CommandLine;
using Tsdb.Engine;

namespace Tsdb.Server.Cli;

/// <summary><c>tsdb backup</c>: has a running server send a backup, or sends one of a stopped server's
/// data.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        Argument<string> database = BackupOptions.Database();
        Option<string> to = new("--to")
        {
            Description = "A folder or s3://BUCKET/PREFIX; for a running server one below its --backup-root.",
            HelpName = "TARGET",
            Required = true,
        };
        Option<int?> keep = new("--keep")
        {
            Description = "Then removes all but the newest N backups from the target.",
            HelpName = "N",
        };
        keep.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
            {
                result.AddError("--keep: at least 1");
            }
        });
        Option<bool> verify = new("--verify")
        {
            Description = "Reads everything back from the target and compares.",
        };
        Option<string?> data = new("--data")
        {
            Description = "A data directory that no server has open, instead of --url.",
            HelpName = "DIR",
        };
        Option<Uri> url = CommandLine.UrlOption();
        Command command = new(
            "backup", "Sends a backup: what the target does not have yet. Writes go on meanwhile.")
        {
            database, to, keep, verify, url, data,
            BackupStoreCommands.CreateList(),
            BackupStoreCommands.CreateVerify(),
        };
        command.SetAction((parsed, cancellation) =>
        {
            BackupTerminal terminal = new("backup");
            BackupOrder order = new()
            {
                KeepCount = parsed.GetValue(keep),
                Verifies = parsed.GetValue(verify),
            };
            string name = parsed.GetValue(database)!;
            string target = parsed.GetValue(to)!;
            return terminal.RunAsync(() => parsed.GetValue(data) is { } directory
                ? StoppedBackup.RunAsync(directory, name, target, order, terminal, cancellation)
                : OnlineBackup.RunAsync(parsed.GetValue(url)!, name, target, order, terminal, cancellation));
        });
        return command;
    }
}
