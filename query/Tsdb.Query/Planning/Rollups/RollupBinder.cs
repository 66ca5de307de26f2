using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Query.Functions;
using Tsdb.Query.Language;
using Tsdb.Storage;

namespace Tsdb.Query.Planning.Rollups;

/// <summary>Names and lengths of CREATE ROLLUP and DROP ROLLUP, looked up and checked.</summary>
internal sealed class RollupBinder(SqlSource source, Catalog catalog, StatementValues values)
{
    public CreateRollup Bind(CreateRollupStatement statement)
    {
        TableSchema table = Tables.Find(source, catalog, statement.Table);
        SortedSet<int> columnIds = [];
        foreach (Token name in statement.Columns)
        {
            ColumnSchema column = FindColumn(table, name);
            if (column.Type is not (ColumnType.Int64 or ColumnType.Float64))
            {
                throw source.Error(name.Position, $"'{column.Name}' is no number", "rollups are of numbers");
            }

            if (!columnIds.Add(column.ColumnId))
            {
                throw source.Error(name.Position, $"'{column.Name}' is given twice");
            }
        }

        return new CreateRollup(
            table.TableId, BindEvery(statement.Every), columnIds.Count == 0 ? null : [.. columnIds]);
    }

    public DropRollup? Bind(DropRollupStatement statement) =>
        statement.IsOptional && !Tables.Exists(catalog, statement.Table)
            ? null
            : new DropRollup(
                Tables.Find(source, catalog, statement.Table).TableId, BindEvery(statement.Every));

    private ColumnSchema FindColumn(TableSchema table, Token name)
    {
        ColumnSchema[] found = [.. table.Columns.Where(
            column => column.Name.Equals(name.Text, StringComparison.OrdinalIgnoreCase))];
        return table.FindColumn(name.Text)
            ?? (found.Length == 1
                ? found[0]
                : throw source.Error(
                    name.Position,
                    $"unknown field '{name.Text}'",
                    NearestName.Hint(name.Text, table.Columns.Select(static column => column.Name))));
    }

    private long BindEvery(Expression every)
    {
        if (every is not (TextExpression or DurationExpression or ParameterExpression))
        {
            throw Refuse(every);
        }

        CallSite site = new(source, every.Position, "every");
        BoundConstant bound = LiteralBinder.Bind(every, source, values);
        if (bound.IsNull || bound.Type is not (ResultType.String or ResultType.Duration))
        {
            throw Refuse(every);
        }

        long everyNs = (long)((BoundConstant)Coercion.To(site, bound, ResultType.Duration)).Word;
        return everyNs >= Timestamp.NsPerSecond && RollupDefinition.EveryNsMax % everyNs == 0
            ? everyNs
            : throw Refuse(every);
    }

    private SqlException Refuse(Expression every) => source.Error(
        every.Position,
        "EVERY needs a span of time that divides a day, of a second at least",
        "1m, 1h and 1d are usual");
}
