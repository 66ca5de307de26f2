using System.CommandLine;
using Tsdb.Client;

namespace Tsdb.Server.Cli;

/// <summary><c>tsdb sql</c>: one statement, a script on standard input, or a shell.</summary>
internal static class SqlCommand
{
    public static Command Create()
    {
        Option<string?> execute = new("-e", "--execute")
        {
            Description = "Runs this statement and ends.",
            HelpName = "SQL",
        };
        Option<ResultFormat> format = new("--format", "-f")
        {
            Description = "How rows are printed.",
            DefaultValueFactory = static _ => ResultFormat.Table,
        };
        Option<Uri> url = CommandLine.UrlOption();
        Option<string> database = CommandLine.DatabaseOption();
        Command command = new("sql", "Runs SQL against a server: a shell when no statement is given.")
        {
            execute, format, url, database,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            TsdbClientOptions options = new() { Database = parsed.GetValue(database)! };
            using TsdbClient client = new(parsed.GetValue(url)!, options);
            SqlShell shell = new(client, parsed.GetValue(format), Console.Out, Console.Error);
            bool succeeded = parsed.GetValue(execute) is { } sql
                ? await shell.ExecuteAsync(sql, cancellation)
                : await shell.RunAsync(Console.In, isInteractive: !Console.IsInputRedirected, cancellation);
            return succeeded ? CommandLine.Success : CommandLine.Failure;
        });
        return command;
    }
}
