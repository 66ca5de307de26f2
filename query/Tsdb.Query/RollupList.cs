using Tsdb.Core;
using Tsdb.Query.Language;
using Tsdb.Query.Operators;
using Tsdb.Storage;

namespace Tsdb.Query;

/// <summary>SHOW ROLLUPS.</summary>
internal static class RollupList
{
    public static QueryResult Show(
        IReadOnlyList<TableSchema> tables, StorageSnapshot snapshot, QueryContext context)
    {
        ResultColumn[] schema =
        [
            new("table", ResultType.String),
            new("every", ResultType.String),
            new("columns", ResultType.String),
            new("built_to", ResultType.String),
            new("lag", ResultType.String),
            new("rows", ResultType.Int64),
            new("files", ResultType.Int64),
            new("stale_files", ResultType.Int64),
            new("bytes", ResultType.Int64),
        ];
        List<object[]> rows = [];
        foreach (TableSchema table in tables.OrderBy(static table => table.Name, StringComparer.Ordinal))
        {
            foreach (RollupDefinition rollup in table.Rollups.OrderBy(static rollup => rollup.EveryNs))
            {
                RollupState state = snapshot.GetRollupState(table, rollup);
                rows.Add(
                [
                    table.Name,
                    new DurationLiteral(0, rollup.EveryNs).ToString(),
                    rollup.ColumnIds is null
                        ? "all"
                        : string.Join(", ", rollup.ColumnIds.Select(id => table.Columns[id - 1].Name)),
                    state.WatermarkNs is { } watermarkNs ? new Timestamp(watermarkNs).ToString() : "none",
                    state.LagNs is { } lagNs ? new DurationLiteral(0, lagNs).ToString() : "none",
                    state.BucketCount,
                    (long)state.FileCount,
                    (long)state.StaleCount,
                    state.SizeBytes,
                ]);
            }
        }

        return new QueryResult(
            schema, new ListSource(context, [.. schema.Select(static column => column.Type)], rows), context);
    }
}
