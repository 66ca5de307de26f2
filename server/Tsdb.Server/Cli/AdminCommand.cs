using System.CommandLine;
using Tsdb.Client;

namespace Tsdb.Server.Cli;

/// <summary><c>tsdb admin</c>: what an operator asks of a running server.</summary>
internal static class AdminCommand
{
    public static Command Create() => new("admin", "Has a server flush, compact or tell its counters.")
    {
        Create("flush", "Writes memory to segments.", static (client, stop) => client.FlushAsync(stop)),
        Create("compact", "Merges segments.", static (client, stop) => client.CompactAsync(stop)),
        Create("stats", "Prints each database's counters.", PrintStatisticsAsync),
    };

    private static Command Create(
        string name, string description, Func<TsdbClient, CancellationToken, Task> act)
    {
        Option<Uri> url = CommandLine.UrlOption();
        Option<string> database = CommandLine.DatabaseOption();
        database.Description = "The database; all of them when left out.";
        Command command = new(name, description) { url, database };
        command.SetAction(async (parsed, cancellation) =>
        {
            TsdbClientOptions options = new() { Database = parsed.GetValue(database)! };
            using TsdbClient client = new(parsed.GetValue(url)!, options);
            try
            {
                await act(client, cancellation);
                return CommandLine.Success;
            }
            catch (TsdbException fault)
            {
                string reason = FaultText.Of(fault, client.Server);
                await Console.Error.WriteLineAsync($"tsdb admin {name}: {reason}");
                return CommandLine.Failure;
            }
        });
        return command;
    }

    private static async Task PrintStatisticsAsync(TsdbClient client, CancellationToken cancellation)
    {
        foreach ((string database, IReadOnlyDictionary<string, long> counters) in
            await client.GetStatisticsAsync(cancellation))
        {
            foreach ((string name, long value) in counters.OrderBy(static c => c.Key, StringComparer.Ordinal))
            {
                await Console.Out.WriteLineAsync($"{database}\t{name}\t{value}");
            }
        }
    }
}
