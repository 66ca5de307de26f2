using Tsdb.Query.Language;
using Tsdb.Query.Planning;
using Tsdb.Storage;

namespace Tsdb.Query;

/// <summary>Runs the SHOW statements.</summary>
internal static class Shows
{
    public static QueryResult Run(
        SqlSource source,
        Statement statement,
        StatementValues values,
        Catalog catalog,
        StorageSnapshot snapshot,
        QueryContext context) => statement switch
        {
            ShowColumnsStatement show => Catalogue.ShowColumns(
                Tables.Find(source, catalog, show.Table), context),
            ShowCardinalityStatement show => Catalogue.ShowCardinality(
                catalog,
                show.Table is null ? null : Tables.Find(source, catalog, show.Table),
                BindLimit(source, show, values),
                context),
            ShowDeletesStatement => Catalogue.ShowDeletes(catalog, snapshot, context),
            ShowDamageStatement => DamageListing.Show(catalog, snapshot, context),
            ShowMemoryStatement => Catalogue.ShowMemory(context),
            ShowRollupsStatement show => RollupList.Show(
                show.Table is null ? catalog.Tables : [Tables.Find(source, catalog, show.Table)],
                snapshot,
                context),
            _ => Catalogue.ShowTables(catalog, snapshot, context),
        };

    private static long BindLimit(SqlSource source, ShowCardinalityStatement show, StatementValues values)
    {
        InputScope scope = new(source, new InputColumns(source, null, null), skipsBad: false);
        return show.Limit is null
            ? long.MaxValue
            : new ExpressionBinder(source, scope, values).BindCount(show.Limit, "LIMIT");
    }
}
