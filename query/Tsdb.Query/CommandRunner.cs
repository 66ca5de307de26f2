using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Query.Language;
using Tsdb.Query.Operators;
using Tsdb.Query.Planning;
using Tsdb.Storage;

namespace Tsdb.Query;

/// <summary>Runs statements that write: statement → command → target → rows: what it answers with,
/// or one that says what became of it.</summary>
internal sealed class CommandRunner(
    ICommandTarget target, Catalog catalog, QueryOptions options, TimeProvider clock)
{
    /// <exception cref="SqlException">The statement cannot be run as written, or was refused.</exception>
    public async Task<QueryResult> RunAsync(
        SqlSource source,
        IWriteStatement statement,
        IReadOnlyDictionary<string, QueryParameter>? parameters,
        CancellationToken cancellationToken)
    {
        QueryContext context = new(options, clock, null, cancellationToken);
        CommandPlanner planner = new(source, catalog, new StatementValues(source, parameters, context.NowNs));
        Command? command = BackupBinder.TryBind(source, statement) ?? planner.Plan(statement);
        if (command is null)
        {
            return Answer("nothing to do", context);
        }

        CommandOutcome outcome = await target.ExecuteAsync(command, cancellationToken).ConfigureAwait(false);
        string answer = planner.Describe(statement, outcome);
        return outcome.Rows is { } rows
            ? new QueryResult(
                rows.Columns,
                new ListSource(context, [.. rows.Columns.Select(static column => column.Type)], rows.Rows),
                context)
            : Answer(answer, context);
    }

    private static QueryResult Answer(string answer, QueryContext context)
    {
        ResultColumn[] schema = [new("outcome", ResultType.String)];
        return new QueryResult(schema, new ListSource(context, [ResultType.String], [[answer]]), context);
    }
}
