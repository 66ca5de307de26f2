using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Query.Language;
using Tsdb.Query.Scan;
using Tsdb.Storage;

namespace Tsdb.Query.Planning;

/// <summary>The condition of a DELETE as series and a span of time: on tags and on ts, and on nothing
/// else.</summary>
internal sealed class DeleteBinder(SqlSource source, Catalog catalog, StatementValues values)
{
    private const string Hint = "rows are deleted by tags and by ts: host = 'a' AND ts < '2020-01-01'";

    /// <exception cref="SqlException">The condition asks for more than that.</exception>
    public DeleteRows Bind(DeleteStatement delete)
    {
        TableSchema table = Tables.Find(source, catalog, delete.Table);
        if (delete.Where is null)
        {
            return new DeleteRows(table.TableId, TimeRange.All, null);
        }

        InputColumns columns = new(source, delete.Table, table);
        ExpressionBinder binder = new(source, new InputScope(source, columns, skipsBad: false), values);
        RowFilter filter = FilterSplitter.Split(
            binder.BindCondition(delete.Where, "WHERE"), columns.Slots);
        if (filter.Residual.Count > 0)
        {
            string condition = filter.Residual[0].Describe();
            throw source.Error(delete.Where.Position, $"DELETE cannot tell rows by {condition}", Hint);
        }

        return new DeleteRows(table.TableId, filter.Range, FindSeries(table, columns, filter));
    }

    private SeriesId[]? FindSeries(TableSchema table, InputColumns columns, RowFilter filter)
    {
        if (filter.TagPredicates.Count == 0)
        {
            return null;
        }

        TagColumns tags = new(catalog.GetTags(table), columns.Slots);
        ScanPlan plan = new() { Table = table, Slots = columns.Slots, Filter = filter };
        SeriesId[] series =
            [.. SeriesSelection.ChooseSet(plan, tags).ToArray().Select(tags.Index.GetSeries)];
        Array.Sort(series);
        return series;
    }
}
