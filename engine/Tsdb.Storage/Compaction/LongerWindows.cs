using Tsdb.Core;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Compaction;

/// <summary>Puts the segments of old windows together: into days, and, where a day is little, into two
/// months.</summary>
internal static class LongerWindows
{
    /// <summary>Fewer segments are not worth the writing.</summary>
    public const int SegmentCountMin = 4;

    /// <summary>Days that would be larger stay as their windows are.</summary>
    public const long DaySizeBytesMax = 512L << 20;

    /// <summary>Two months that would be larger stay days.</summary>
    public const long LongSizeBytesMax = 64L << 20;

    /// <summary>Whether the newest rows are later than a window's end by its own length.</summary>
    public static bool IsLeftBehind(TimeRange window, long newestNs) =>
        (Int128)newestNs >= (Int128)window.ToNs + ((Int128)window.ToNs - window.FromNs);

    /// <summary>A merge into a longer window; null when none is due.</summary>
    /// <param name="onTime">On-time segments of a shard.</param>
    public static CompactionJob? Choose(List<SegmentReader> onTime) =>
        Choose(onTime, WindowLadder.DayNs, DaySizeBytesMax)
        ?? Choose(onTime, WindowLadder.LongNs, LongSizeBytesMax);

    private static CompactionJob? Choose(List<SegmentReader> onTime, long sizeNs, long sizeBytesMax)
    {
        long newestNs = onTime.Count == 0 ? 0 : onTime.Max(static segment => segment.Info.MaxTimestampNs);
        foreach (IGrouping<TimeRange, SegmentReader> group in onTime
            .Where(segment => IsShorter(segment.Identity.Window, sizeNs))
            .GroupBy(segment => WindowLadder.FindWindow(segment.Identity.Window.FromNs, sizeNs)))
        {
            List<SegmentReader> parts = [.. group];
            bool isDue = parts.Count >= SegmentCountMin
                && IsLeftBehind(group.Key, newestNs)
                && parts.Sum(static segment => segment.Info.SizeBytes) <= sizeBytesMax
                && onTime.TrueForAll(segment => parts.Contains(segment) || IsApart(segment, group.Key))
                && parts.TrueForAll(segment => segment.Identity.Window.ToNs <= group.Key.ToNs);
            if (isDue)
            {
                return new CompactionJob(
                    CompactionReason.LongerWindow, parts, SegmentRole.OnTime, [group.Key]);
            }
        }

        return null;
    }

    /// <summary>A longer window around this one holds rows that the merged segment could overlap.</summary>
    private static bool IsApart(SegmentReader segment, TimeRange window) =>
        segment.Identity.Window.ToNs <= window.FromNs || segment.Identity.Window.FromNs >= window.ToNs;

    private static bool IsShorter(TimeRange window, long sizeNs) =>
        (Int128)window.ToNs - window.FromNs < sizeNs;
}
