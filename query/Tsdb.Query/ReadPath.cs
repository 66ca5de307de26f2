using Tsdb.Core;
using Tsdb.Query.Language;
using Tsdb.Query.Operators;
using Tsdb.Query.Planning;
using Tsdb.Query.Scan;
using Tsdb.Storage;

namespace Tsdb.Query;

/// <summary>Runs SQL statements against one database: text → statement → plan → operators →
/// batches.</summary>
/// <remarks>Thread safe: each call stands alone.</remarks>
/// <param name="storage">The database's storage.</param>
/// <param name="options">Limits of every query.</param>
/// <param name="clock">What now() asks.</param>
/// <param name="commands">Where statements that write go; null when there are to be none.</param>
public sealed class ReadPath(
    StorageEngine storage, QueryOptions options, TimeProvider clock, ICommandTarget? commands = null)
{
    /// <summary>As <see cref="Execute"/>, and runs statements that write as well: their effect is durable
    /// when the task completes.</summary>
    /// <exception cref="SqlException">The statement cannot be run as written.</exception>
    public async Task<QueryResult> ExecuteAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        SqlSource source = new(request.Sql);
        if (commands is not null && request.MayWrite && Parser.Parse(source) is IWriteStatement statement)
        {
            CommandRunner runner = new(commands, storage.Catalog, options, clock);
            return await runner
                .RunAsync(source, statement, request.Parameters, cancellationToken)
                .ConfigureAwait(false);
        }

        return await ReplayedRows
            .WhenBackAsync(() => Execute(request, cancellationToken), storage, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Plans the statement; rows are computed as the result is pulled.</summary>
    /// <exception cref="SqlException">The statement cannot be run as written, or it would write.</exception>
    public QueryResult Execute(QueryRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        SqlSource source = new(request.Sql);
        Statement statement = Parser.Parse(source);
        if (statement is IWriteStatement)
        {
            throw source.Error(
                statement.Position,
                "statements that write are not taken here",
                commands is null ? "this server's queries only read" : "send it by POST or gRPC");
        }

        StorageSnapshot snapshot = storage.OpenSnapshot();
#pragma warning disable CA2000 // The result owns it, or the catch below disposes it.
        QueryContext context = new(options, clock, snapshot, cancellationToken);
#pragma warning restore CA2000
        try
        {
            StatementValues values = new(source, request.Parameters, context.NowNs);
            return statement switch
            {
                SelectStatement select => RunSelect(Plan(source, select, values), snapshot, context),
                ExplainStatement explain =>
                    Explanation.Of(Plan(source, explain.Select, values), snapshot, context),
                _ => Shows.Run(source, statement, values, storage.Catalog, snapshot, context),
            };
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    private SelectPlan Plan(SqlSource source, SelectStatement select, StatementValues values)
    {
        TableSchema? table = select.From is null ? null : Tables.Find(source, storage.Catalog, select.From);
        return new SelectBinder(source, select, values, table).Bind();
    }

    private static QueryResult RunSelect(SelectPlan plan, StorageSnapshot snapshot, QueryContext context)
    {
        context.CheckHeap();
        ReplayedRows.Require(plan, snapshot);
        return new QueryResult(plan.Schema, Pipeline.Build(plan, snapshot, context), context);
    }
}
