using Tsdb.Core;
using Tsdb.Query.Operators;
using Tsdb.Storage;

namespace Tsdb.Query;

/// <summary>SHOW DAMAGE: what cannot be read, and which rows that concerns.</summary>
internal static class DamageListing
{
    private const string Unknown = "-";

    public static QueryResult Show(Catalog catalog, StorageSnapshot snapshot, QueryContext context)
    {
        ResultColumn[] schema =
        [
            new("file", ResultType.String),
            new("offset", ResultType.Int64),
            new("table", ResultType.String),
            new("series", ResultType.String),
            new("from", ResultType.String),
            new("to", ResultType.String),
            new("rows", ResultType.Int64),
            new("found_at", ResultType.String),
            new("message", ResultType.String),
        ];
        List<object[]> rows = [];
        foreach (DamagedSegment segment in snapshot.DamagedSegments)
        {
            rows.Add(
            [
                segment.Path,
                0L,
                Unknown,
                Unknown,
                new Timestamp(segment.FirstTimestampNs).ToString(),
                new Timestamp(segment.LastTimestampNs).ToString(),
                0L,
                Unknown,
                segment.Cause.Message,
            ]);
        }

        foreach (SegmentDamage damage in snapshot.FindDamages())
        {
            TableSchema? table = catalog.Tables.FirstOrDefault(table => table.TableId == damage.TableId);
            rows.Add(
            [
                damage.Path,
                damage.OffsetBytes,
                table?.Name ?? Unknown,
                table is null || damage.Series is not { } series
                    ? Unknown
                    : Describe(snapshot.FindTags(table), series),
                new Timestamp(damage.FirstTimestampNs).ToString(),
                new Timestamp(damage.LastTimestampNs).ToString(),
                damage.RowCount,
                damage.Found.ToString(),
                damage.Message,
            ]);
        }

        return new QueryResult(
            schema, new ListSource(context, [.. schema.Select(static column => column.Type)], rows), context);
    }

    /// <summary>As in line protocol: <c>host=a,region=b</c>.</summary>
    private static string Describe(TagIndex tags, SeriesId series)
    {
        int ordinal = 0;
        while (ordinal < tags.SeriesCount && tags.GetSeries(ordinal) != series)
        {
            ordinal++;
        }

        if (ordinal == tags.SeriesCount)
        {
            return Unknown;
        }

        return string.Join(',', Enumerable.Range(0, tags.TagKeyCount)
            .Where(key => tags.GetValueId(key, ordinal) >= 0)
            .Select(key => $"{tags.GetTagKey(key)}={tags.GetValue(key, tags.GetValueId(key, ordinal))}"));
    }
}
