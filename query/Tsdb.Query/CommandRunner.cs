using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Query.Language;
using Tsdb.Query.Operators;
using Tsdb.Query.Planning;
using Tsdb.Storage;

namespace Tsdb.Query;

/// <summary>Runs statements that write: statement → command → target → one row that says what became of
/// it.</summary>
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
        Command? command = planner.Plan(statement);
        string answer = command is null
            ? "nothing to do"
            : planner.Describe(
                statement, await target.ExecuteAsync(command, cancellationToken).ConfigureAwait(false));
        ResultColumn[] schema = [new("outcome", ResultType.String)];
        return new QueryResult(schema, new ListSource(context, [ResultType.String], [[answer]]), context);
    }
}
