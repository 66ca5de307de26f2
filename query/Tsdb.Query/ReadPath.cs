using Tsdb.Core;
using Tsdb.Query.Language;
using Tsdb.Query.Operators;
using Tsdb.Query.Planning;
using Tsdb.Storage;

namespace Tsdb.Query;

/// <summary>Runs SQL statements against one database: text → statement → plan → operators →
/// batches.</summary>
/// <remarks>Thread safe: each call stands alone.</remarks>
/// <param name="storage">The database's storage.</param>
/// <param name="options">Limits of every query.</param>
/// <param name="clock">What now() asks.</param>
public sealed class ReadPath(StorageEngine storage, QueryOptions options, TimeProvider clock)
{
    /// <summary>Plans the statement; rows are computed as the result is pulled.</summary>
    /// <exception cref="SqlException">The statement cannot be run as written.</exception>
    public QueryResult Execute(QueryRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        SqlSource source = new(request.Sql);
        Statement statement = Parser.Parse(source);
        StorageSnapshot snapshot = storage.OpenSnapshot();
        QueryContext context = new(options, clock, snapshot, cancellationToken);
        try
        {
            StatementValues values = new(source, request.Parameters, context.NowNs);
            return statement switch
            {
                SelectStatement select => RunSelect(Plan(source, select, values), snapshot, context),
                ExplainStatement explain => Explain(Plan(source, explain.Select, values), context),
                ShowColumnsStatement show => Catalogue.ShowColumns(
                    Tables.Find(source, storage.Catalog, show.Table), context),
                _ => Catalogue.ShowTables(storage.Catalog, snapshot, context),
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

    private static QueryResult RunSelect(SelectPlan plan, StorageSnapshot snapshot, QueryContext context) =>
        new(plan.Schema, Pipeline.Build(plan, snapshot, context), context);

    private static QueryResult Explain(SelectPlan plan, QueryContext context)
    {
        ResultColumn[] schema = [new("plan", ResultType.String)];
        List<object[]> rows = [];
        foreach (string line in PlanText.Describe(plan))
        {
            rows.Add([line]);
        }

        return new QueryResult(schema, new ListSource(context, [ResultType.String], rows), context);
    }
}
