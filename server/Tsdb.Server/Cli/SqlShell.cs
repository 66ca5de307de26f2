using System.Globalization;
using System.Text;
using Tsdb.Client;

namespace Tsdb.Server.Cli;

/// <summary>
/// Reads statements that end with ';' and prints their rows; <c>\d</c> shows tables, <c>\q</c> ends.
/// </summary>
internal sealed class SqlShell(TsdbClient client, ResultFormat format, TextWriter output, TextWriter errors)
{
    /// <summary>Runs until the input ends.</summary>
    /// <returns>Whether every statement of a script succeeded; a shell always succeeds.</returns>
    public async Task<bool> RunAsync(TextReader input, bool isInteractive, CancellationToken cancellation)
    {
        bool succeeded = true;
        StringBuilder statement = new();
        while (await ReadLineAsync(input, isInteractive, statement.Length > 0, cancellation) is { } line)
        {
            if (statement.Length == 0 && line.TrimStart().StartsWith('\\'))
            {
                if (line.Trim() == "\\q")
                {
                    return true;
                }

                succeeded &= await DescribeAsync(line.Trim(), cancellation);
                continue;
            }

            statement.AppendLine(line);
            if (line.TrimEnd().EndsWith(';'))
            {
                succeeded &= await ExecuteAsync(statement.ToString(), cancellation);
                statement.Clear();
            }
        }

        if (!string.IsNullOrWhiteSpace(statement.ToString()))
        {
            succeeded &= await ExecuteAsync(statement.ToString(), cancellation);
        }

        return succeeded || isInteractive;
    }

    /// <summary>Runs one statement and prints its rows, or what is wrong with it.</summary>
    public async Task<bool> ExecuteAsync(string sql, CancellationToken cancellation)
    {
        try
        {
            using TsdbQueryResult result = await client.QueryAsync(sql, null, cancellation);
            RowPrinter printer = new(format, output);
            await printer.PrintAsync(result, cancellation);
            if (format == ResultFormat.Table && result.Statistics is { } statistics)
            {
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{statistics.RowsReturned} rows in {statistics.Elapsed.TotalMilliseconds:0.0} ms"));
            }

            return true;
        }
        catch (TsdbQueryException fault)
        {
            await errors.WriteLineAsync(Explain(sql, fault));
            return false;
        }
        catch (TsdbException fault)
        {
            await errors.WriteLineAsync($"error: {FaultText.Of(fault, client.Server)}");
            return false;
        }
    }

    private async Task<bool> DescribeAsync(string command, CancellationToken cancellation)
    {
        try
        {
            string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["\\d"])
            {
                foreach (string name in await client.ListTablesAsync(cancellation))
                {
                    await output.WriteLineAsync(name);
                }

                return true;
            }

            if (words is ["\\d", string table])
            {
                TsdbTable found = await client.DescribeTableAsync(table, cancellation);
                foreach (string tag in found.TagKeys)
                {
                    await output.WriteLineAsync($"{tag}  tag");
                }

                foreach ((string name, string type) in found.Columns)
                {
                    await output.WriteLineAsync($"{name}  {type}");
                }

                return true;
            }

            await errors.WriteLineAsync("commands: \\d  \\d TABLE  \\q; SQL ends with ';'");
        }
        catch (TsdbException fault)
        {
            await errors.WriteLineAsync($"error: {FaultText.Of(fault, client.Server)}");
        }

        return false;
    }

    private async Task<string?> ReadLineAsync(
        TextReader input, bool isInteractive, bool isInside, CancellationToken cancellation)
    {
        if (isInteractive)
        {
            await output.WriteAsync(isInside ? "   -> " : "tsdb> ");
            await output.FlushAsync(cancellation);
        }

        return await input.ReadLineAsync(cancellation);
    }

    private static string Explain(string sql, TsdbQueryException fault)
    {
        string[] lines = sql.Split('\n');
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"error at line {fault.Line}, column {fault.Column}: ");
        text.Append(fault.Message);
        if (fault.Line >= 1 && fault.Line <= lines.Length)
        {
            text.Append("\n  ").Append(lines[fault.Line - 1].TrimEnd());
            text.Append("\n  ").Append(' ', Math.Max(0, fault.Column - 1)).Append('^');
        }

        return fault.Hint is null ? text.ToString() : text.Append("\nhint: ").Append(fault.Hint).ToString();
    }
}
