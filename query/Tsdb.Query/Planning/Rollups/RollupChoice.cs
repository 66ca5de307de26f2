using Tsdb.Core;
using Tsdb.Query.Operators.Aggregates;
using Tsdb.Storage;

namespace Tsdb.Query.Planning.Rollups;

/// <summary>The tier that stands in for rows in a grouped scan, where it is clean.</summary>
/// <param name="Rollup">The tier.</param>
/// <param name="ColumnIds">The fields that aggregates read.</param>
/// <param name="Places">For each aggregate the place of its field among them, or -1 for count(*).</param>
internal sealed record RollupChoice(
    RollupDefinition Rollup, IReadOnlyList<int> ColumnIds, IReadOnlyList<int> Places)
{
    /// <summary>The coarsest tier whose buckets make up those of the query, and that has what all aggregates
    /// need; null when there is none. One that is not built for the query's time gives way to a finer one
    /// that is.</summary>
    public static RollupChoice? Find(ScanPlan scan, GroupPlan group, StorageSnapshot snapshot)
    {
        if (scan.Table.Rollups.Count == 0 || scan.Filter.Residual.Count > 0
            || !KeyReader.ArePlain(group.Keys, scan.Slots))
        {
            return null;
        }

        List<int> columnIds = [];
        int[] places = new int[group.Aggregates.Count];
        for (int i = 0; i < places.Length; i++)
        {
            if (!TryPlace(scan, group.Aggregates[i], columnIds, out places[i]))
            {
                return null;
            }
        }

        TimeBucket? bucket = group.Keys.OfType<BoundBucket>().FirstOrDefault()?.Bucket;
        RollupDefinition? best = null;
        bool isBestBuilt = false;
        foreach (RollupDefinition rollup in scan.Table.Rollups)
        {
            if (!columnIds.TrueForAll(rollup.Covers) || (bucket is not null && !Divides(rollup, bucket)))
            {
                continue;
            }

            bool isBuilt = snapshot.HasRollup(scan.Table, rollup, scan.Filter.Range);
            if (best is null || (isBuilt == isBestBuilt ? rollup.EveryNs > best.EveryNs : isBuilt))
            {
                best = rollup;
                isBestBuilt = isBuilt;
            }
        }

        return best is null ? null : new RollupChoice(best, columnIds, places);
    }

    // Every tier divides a day, and months begin and end with a day.
    private static bool Divides(RollupDefinition rollup, TimeBucket bucket) =>
        bucket.Every.Ns % rollup.EveryNs == 0
        && (bucket.Every.Months != 0 || bucket.OriginNs % rollup.EveryNs == 0);

    private static bool TryPlace(ScanPlan scan, Aggregate aggregate, List<int> columnIds, out int place)
    {
        place = -1;
        if (aggregate.Kind == AggregateKind.CountRows)
        {
            return true;
        }

        bool isKept = aggregate.Kind is AggregateKind.Count or AggregateKind.Sum or AggregateKind.Average
            or AggregateKind.Min or AggregateKind.Max or AggregateKind.First or AggregateKind.Last;
        if (!isKept || aggregate.DirectSlot < 0)
        {
            return false;
        }

        InputSlot slot = scan.Slots[aggregate.DirectSlot];
        if (slot.Kind != InputKind.UsableField || slot.Type is not (ResultType.Int64 or ResultType.Float64))
        {
            return false;
        }

        place = columnIds.IndexOf(slot.Index);
        if (place < 0)
        {
            place = columnIds.Count;
            columnIds.Add(slot.Index);
        }

        return true;
    }
}
