using Tsdb.Core;

namespace Tsdb.Storage.Deletes;

/// <summary>Which spans of a series' time deletes hide in one source of rows.</summary>
internal static class HiddenTimes
{
    /// <param name="tombstones">The deletes.</param>
    /// <param name="series">The series.</param>
    /// <param name="tableId">Its table.</param>
    /// <param name="lastLsn">The source's last commit.</param>
    /// <param name="appliedLsn">Deletes up to it were carried out in the source.</param>
    /// <param name="target">Gets the spans, in any order; they may overlap.</param>
    public static void Find(
        TombstoneSet tombstones,
        SeriesId series,
        int tableId,
        ulong lastLsn,
        ulong appliedLsn,
        List<TimeRange> target)
    {
        ReadOnlySpan<Tombstone> items = tombstones.Items;
        for (int i = items.Length - 1; i >= 0 && items[i].Lsn >= lastLsn; i--)
        {
            if (items[i].Masks(lastLsn, appliedLsn) && items[i].Covers(series, tableId))
            {
                target.Add(items[i].Range);
            }
        }
    }
}
