using Tsdb.Core;
using Tsdb.Query.Functions;
using Tsdb.Query.Language;
using Tsdb.Query.Operators;
using Tsdb.Query.Planning;
using Tsdb.Storage;

namespace Tsdb.Query;

/// <summary>SHOW TABLES, SHOW COLUMNS and SHOW CARDINALITY.</summary>
internal static class Catalogue
{
    public static QueryResult ShowTables(Catalog catalog, StorageSnapshot snapshot, QueryContext context)
    {
        ResultColumn[] schema =
        [
            new("table", ResultType.String),
            new("columns", ResultType.Int64),
            new("series", ResultType.Int64),
            new("ttl", ResultType.String),
        ];
        List<object[]> rows = [];
        foreach (TableSchema table in catalog.Tables.OrderBy(table => table.Name, StringComparer.Ordinal))
        {
            long columnCount = 1 + table.TagKeys.Count + table.Columns.Count;
            rows.Add([table.Name, columnCount, (long)snapshot.FindTags(table).SeriesCount, TtlOf(table)]);
        }

        return Make(schema, rows, context);
    }

    public static QueryResult ShowDeletes(Catalog catalog, StorageSnapshot snapshot, QueryContext context)
    {
        ResultColumn[] schema =
        [
            new("table", ResultType.String),
            new("from", ResultType.String),
            new("to", ResultType.String),
            new("series", ResultType.String),
            new("deleted_at", ResultType.String),
            new("deadline", ResultType.String),
            new("segment_bytes", ResultType.Int64),
        ];
        Dictionary<int, string> names =
            catalog.Tables.ToDictionary(table => table.TableId, table => table.Name);
        List<object[]> rows = [];
        foreach (PendingDelete delete in snapshot.FindPendingDeletes())
        {
            rows.Add(
            [
                names.GetValueOrDefault(delete.TableId, "(dropped)"),
                delete.Range.FromNs == long.MinValue ? "-" : new Timestamp(delete.Range.FromNs).ToString(),
                delete.Range.ToNs == long.MaxValue ? "-" : new Timestamp(delete.Range.ToNs).ToString(),
                delete.SeriesCount is { } count ? $"{count}" : "all",
                delete.Created.ToString(),
                delete.Deadline.ToString(),
                delete.SegmentSizeBytes,
            ]);
        }

        return Make(schema, rows, context);
    }

    public static QueryResult ShowMemory(QueryContext context) =>
        Make(MemoryRows.Schema, MemoryRows.Of(context.Accounts), context);

    public static QueryResult ShowColumns(TableSchema table, QueryContext context)
    {
        ResultColumn[] schema =
        [
            new("column", ResultType.String), new("type", ResultType.String), new("kind", ResultType.String),
        ];
        List<object[]> rows = [];
        foreach (InputSlot slot in new InputColumns(new(""), new(0, table.Name, null), table).All)
        {
            string kind = slot.Kind switch
            {
                InputKind.Time => "time",
                InputKind.Tag => "tag",
                _ => "field",
            };
            rows.Add([slot.Name, WordText.NameOf(slot.Type), kind]);
        }

        return Make(schema, rows, context);
    }

    private static string TtlOf(TableSchema table) => table.Options.Ttl is { } ttl
        ? new DurationLiteral(0, ttl.Ticks * TimeSpan.NanosecondsPerTick).ToString()
        : "none";

    public static QueryResult ShowCardinality(
        Catalog catalog, TableSchema? table, long rowCountMax, QueryContext context)
    {
        ResultColumn[] schema =
        [
            new("table", ResultType.String),
            new("tag", ResultType.String),
            new("values", ResultType.Int64),
            new("series", ResultType.Int64),
            new("values_last_hour", ResultType.Int64),
            new("series_last_hour", ResultType.Int64),
        ];
        List<object[]> rows = [];
        foreach (TagCardinality item in catalog.GetCardinality(table))
        {
            if (rows.Count == rowCountMax)
            {
                break;
            }

            rows.Add(
            [
                item.Table, item.TagKey ?? "", (long)item.ValueCount, (long)item.SeriesCount,
                (long)item.NewValueCount, (long)item.NewSeriesCount,
            ]);
        }

        return Make(schema, rows, context);
    }

    private static QueryResult Make(ResultColumn[] schema, List<object[]> rows, QueryContext context) =>
        new(schema, new ListSource(context, [.. schema.Select(column => column.Type)], rows), context);
}
