using System.CommandLine;
using System.Globalization;
using Tsdb.Client;

namespace Tsdb.Server.Cli;

/// <summary><c>tsdb snapshot</c>: snapshots of a running server's databases.</summary>
internal static class SnapshotCommand
{
    public static Command Create()
    {
        Argument<string> created = NameArgument();
        Argument<string> deleted = NameArgument();
        return new("snapshot", "Links a database as it is into a directory that can be served.")
        {
            Create(
                "create",
                "Makes a snapshot; writes go on meanwhile.",
                created,
                static async (client, name, cancellation) =>
                    Print(await client.CreateSnapshotAsync(name, cancellation))),
            Create(
                "list",
                "Lists the snapshots.",
                null,
                static async (client, _, cancellation) =>
                {
                    foreach (TsdbSnapshot snapshot in await client.ListSnapshotsAsync(cancellation))
                    {
                        Print(snapshot);
                    }
                }),
            Create(
                "delete",
                "Removes a snapshot.",
                deleted,
                static (client, name, cancellation) => client.DeleteSnapshotAsync(name, cancellation)),
        };
    }

    private static Argument<string> NameArgument() => new("NAME")
    {
        Description = "1 to 64 ASCII letters, digits, '_', '-', '.'.",
    };

    private static Command Create(
        string verb,
        string description,
        Argument<string>? name,
        Func<TsdbClient, string, CancellationToken, Task> act)
    {
        Option<Uri> url = CommandLine.UrlOption();
        Option<string> database = CommandLine.DatabaseOption();
        Command command = new(verb, description) { url, database };
        if (name is not null)
        {
            command.Arguments.Add(name);
        }

        command.SetAction(async (parsed, cancellation) =>
        {
            TsdbClientOptions options = new() { Database = parsed.GetValue(database)! };
            using TsdbClient client = new(parsed.GetValue(url)!, options);
            try
            {
                await act(client, name is null ? "" : parsed.GetValue(name)!, cancellation);
                return CommandLine.Success;
            }
            catch (TsdbException fault)
            {
                return new BackupTerminal($"snapshot {verb}").Fail(FaultText.Of(fault, client.Server));
            }
        });
        return command;
    }

    private static void Print(TsdbSnapshot snapshot) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{snapshot.Name}\tuntil {BackupTerminal.TimeOf(snapshot.Until.UnixNs)}\tlsn {snapshot.Lsn}\t"
        + $"{snapshot.SegmentCount} segments\t{snapshot.SizeBytes} bytes\t{snapshot.Path}"));
}
