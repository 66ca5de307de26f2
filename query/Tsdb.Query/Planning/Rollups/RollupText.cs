using Tsdb.Query.Language;
using Tsdb.Query.Scan;
using Tsdb.Storage;

namespace Tsdb.Query.Planning.Rollups;

/// <summary>EXPLAIN's line about the tier that stands in for rows, and how far it does.</summary>
internal static class RollupText
{
    /// <summary>Null when no tier fits. O(series).</summary>
    public static string? Describe(SelectPlan plan, StorageSnapshot snapshot, QueryContext context)
    {
        if (!context.UsesRollups || plan.Scan is not { } scan || plan.Group is null
            || RollupChoice.Find(scan, plan.Group, snapshot) is not { } choice)
        {
            return null;
        }

        TagColumns tags = new(snapshot.FindTags(scan.Table), scan.Slots, context);
        RollupReader reader = snapshot.CreateRollupReader(scan.Table, choice.Rollup, choice.ColumnIds);
        long bucketCount = 0;
        long rangeCount = 0;
        int[] series = SeriesSelection.Choose(scan, tags, snapshot, context);
        foreach (int ordinal in series)
        {
            context.CheckGoOn();
            reader.Open(tags.Index.GetSeries(ordinal), scan.Filter.Range);
            bucketCount += reader.CleanBucketCount;
            rangeCount += reader.RawRanges.Count;
        }

        string every = new DurationLiteral(0, choice.Rollup.EveryNs).ToString();
        return $"  rollup: {every}, {bucketCount} buckets of {series.Length} series, "
            + $"{rangeCount} spans of time read as rows";
    }
}
