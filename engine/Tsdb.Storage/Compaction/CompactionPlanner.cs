using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Compaction;

/// <summary>
/// Chooses which segments of a shard to merge next. Late segments are put together while they are few beside
/// what is on time, and into their windows once they are a quarter of it; a window that is closed gets one
/// segment; closed windows are put together into days. So every byte is rewritten a bounded number of times,
/// and a read never meets more than a few runs.
/// </summary>
/// <remarks>Why merges keep the order of versions: <see cref="SegmentAge"/>.</remarks>
internal sealed class CompactionPlanner(StorageOptions options)
{
    /// <summary>A window whose late bytes are at least its on-time bytes over this takes them in.</summary>
    public const int LateShareDivisor = 4;

    /// <summary>The most urgent merge; null when none is due.</summary>
    /// <param name="segments">The shard's, by age.</param>
    /// <param name="isFull">Whether two segments that overlap are enough.</param>
    public CompactionJob? Choose(IReadOnlyList<SegmentReader> segments, bool isFull)
    {
        List<SegmentReader> onTime = [.. segments.Where(static s => s.Identity.Role == SegmentRole.OnTime)];
        List<SegmentReader> late = [.. segments.Where(static s => s.Identity.Role == SegmentRole.Late)];
        if (segments.Count == 0)
        {
            return null;
        }

        WindowCells cells = new(onTime);
        return isFull
            ? FoldAny(onTime, late, cells) ?? MergeAnyCell(onTime, cells)
            : LimitLateRuns(onTime, late, cells)
                ?? LimitOnTimeRuns(onTime, cells)
                ?? FoldLargeShare(onTime, late, cells)
                ?? CloseWindow(onTime, late, cells)
                ?? LongerWindows.Choose(onTime);
    }

    /// <summary>Where too many late segments lie over one instant: the newest of them, of like
    /// size.</summary>
    private CompactionJob? LimitLateRuns(
        List<SegmentReader> onTime, List<SegmentReader> late, WindowCells cells)
    {
        foreach (SegmentReader seed in late)
        {
            List<SegmentReader> group =
                [.. late.Where(other => Holds(other, seed.Info.MinTimestampNs))];
            if (group.Count <= options.LateSegmentCountMax)
            {
                continue;
            }

            List<SegmentReader> component = ComponentOf(seed, late);
            if (IsLargeShare(component, onTime, cells))
            {
                return Fold(CompactionReason.ReadAmplification, component, onTime, cells);
            }

            List<SegmentReader> newest = CloseOverlaps(NewestOfLikeSize(group), late);
            return new CompactionJob(
                CompactionReason.ReadAmplification, newest, SegmentRole.Late, [WindowOf(newest)]);
        }

        return null;
    }

    /// <summary>Where too many on-time segments share a window that is still written to.</summary>
    private CompactionJob? LimitOnTimeRuns(List<SegmentReader> onTime, WindowCells cells)
    {
        foreach (TimeRange cell in cells.All)
        {
            List<SegmentReader> group = [.. onTime.Where(segment => IsIn(segment, cell))];
            if (group.Count > options.SegmentCountMax)
            {
                List<SegmentReader> newest = SeriesOverlap.Close(NewestOfLikeSize(group), group);
                return new CompactionJob(
                    CompactionReason.ReadAmplification, newest, SegmentRole.OnTime, [WindowOf(newest)]);
            }
        }

        return null;
    }

    private static CompactionJob? FoldLargeShare(
        List<SegmentReader> onTime, List<SegmentReader> late, WindowCells cells)
    {
        foreach (SegmentReader seed in late)
        {
            List<SegmentReader> component = ComponentOf(seed, late);
            if (IsLargeShare(component, onTime, cells))
            {
                return Fold(CompactionReason.LateShare, component, onTime, cells);
            }
        }

        return null;
    }

    /// <summary>
    /// A window that the newest rows have left behind by its own length: one segment, with the late rows that
    /// are wholly within.
    /// </summary>
    private static CompactionJob? CloseWindow(
        List<SegmentReader> onTime, List<SegmentReader> late, WindowCells cells)
    {
        long newestNs = onTime.Count == 0 ? 0 : onTime.Max(static segment => segment.Info.MaxTimestampNs);
        foreach (TimeRange cell in cells.All)
        {
            List<SegmentReader> group = [.. onTime.Where(segment => IsIn(segment, cell))];
            if (group.Count < 2 || !LongerWindows.IsLeftBehind(cell, newestNs))
            {
                continue;
            }

            List<SegmentReader> within = [.. late.Where(segment => IsIn(segment, cell))];
            bool isApart = within.TrueForAll(
                segment => ComponentOf(segment, late).TrueForAll(within.Contains));
            return new CompactionJob(
                CompactionReason.ClosedWindow,
                [.. group, .. isApart ? within : []],
                SegmentRole.OnTime,
                [cell]);
        }

        return null;
    }

    private static CompactionJob? FoldAny(
        List<SegmentReader> onTime, List<SegmentReader> late, WindowCells cells) =>
        late.Count == 0
            ? null
            : Fold(CompactionReason.Requested, ComponentOf(late[0], late), onTime, cells);

    private static CompactionJob? MergeAnyCell(List<SegmentReader> onTime, WindowCells cells)
    {
        foreach (TimeRange cell in cells.All)
        {
            List<SegmentReader> group = [.. onTime.Where(segment => IsIn(segment, cell))];
            if (group.Count > 1)
            {
                return new CompactionJob(CompactionReason.Requested, group, SegmentRole.OnTime, [cell]);
            }
        }

        return null;
    }

    /// <summary>
    /// Late segments go into the windows of what is on time, each window becoming one segment; where there is
    /// nothing on time they become it.
    /// </summary>
    private static CompactionJob Fold(
        CompactionReason reason, List<SegmentReader> late, List<SegmentReader> onTime, WindowCells cells)
    {
        TimeRange whole = WindowOf(late);
        long sizeNs = unchecked(whole.ToNs - whole.FromNs);
        List<TimeRange> windows = cells.Cover(
            late.Min(static segment => segment.Info.MinTimestampNs),
            late.Max(static segment => segment.Info.MaxTimestampNs),
            sizeNs < 0 ? long.MaxValue : sizeNs);
        List<SegmentReader> touched =
            [.. onTime.Where(segment => windows.Exists(window => IsIn(segment, window)))];
        return new CompactionJob(reason, [.. touched, .. late], SegmentRole.OnTime, windows);
    }

    private static bool IsLargeShare(
        List<SegmentReader> late, List<SegmentReader> onTime, WindowCells cells)
    {
        long firstNs = late.Min(static segment => segment.Info.MinTimestampNs);
        long lastNs = late.Max(static segment => segment.Info.MaxTimestampNs);
        long onTimeSizeBytes = 0;
        foreach (TimeRange cell in cells.All)
        {
            if (cell.Overlaps(firstNs, lastNs))
            {
                onTimeSizeBytes += onTime.Where(segment => IsIn(segment, cell))
                    .Sum(static segment => segment.Info.SizeBytes);
            }
        }

        return late.Sum(static segment => segment.Info.SizeBytes) * LateShareDivisor >= onTimeSizeBytes;
    }

    /// <summary>
    /// The two newest, and older ones as long as each is no larger than all newer ones together: sizes then
    /// grow with age, and a byte is rewritten a logarithmic number of times.
    /// </summary>
    private static List<SegmentReader> NewestOfLikeSize(List<SegmentReader> group)
    {
        int first = group.Count - 2;
        long sizeBytes = group[first].Info.SizeBytes + group[first + 1].Info.SizeBytes;
        while (first > 0 && group[first - 1].Info.SizeBytes <= sizeBytes)
        {
            first--;
            sizeBytes += group[first].Info.SizeBytes;
        }

        return group[first..];
    }

    /// <summary>The late segments that overlap a given one, directly or through others, by age.</summary>
    private static List<SegmentReader> ComponentOf(SegmentReader seed, List<SegmentReader> late)
    {
        List<SegmentReader> component = [seed];
        while (true)
        {
            List<SegmentReader> grown = [.. late.Where(
                other => component.Exists(member => member == other || Overlap(member, other)))];
            if (grown.Count == component.Count)
            {
                return grown;
            }

            component = grown;
        }
    }

    /// <summary>Adds the late segments that lie between some of a group in age and overlap one of
    /// them.</summary>
    private static List<SegmentReader> CloseOverlaps(List<SegmentReader> group, List<SegmentReader> late)
    {
        while (true)
        {
            long firstLsn = group.Min(static segment => segment.Identity.MinLsn);
            long lastLsn = group.Max(static segment => segment.Identity.MaxLsn);
            List<SegmentReader> closed = [.. late.Where(other => group.Contains(other)
                || (other.Identity.MaxLsn >= firstLsn
                    && other.Identity.MinLsn <= lastLsn
                    && group.Exists(member => Overlap(member, other))))];
            if (closed.Count == group.Count)
            {
                return closed;
            }

            group = closed;
        }
    }

    private static bool Overlap(SegmentReader left, SegmentReader right) =>
        left.Info.MinTimestampNs <= right.Info.MaxTimestampNs
        && left.Info.MaxTimestampNs >= right.Info.MinTimestampNs;

    private static bool Holds(SegmentReader segment, long timestampNs) =>
        segment.Info.MinTimestampNs <= timestampNs && timestampNs <= segment.Info.MaxTimestampNs;

    private static bool IsIn(SegmentReader segment, TimeRange window) =>
        segment.Identity.Window.FromNs >= window.FromNs && segment.Identity.Window.ToNs <= window.ToNs;

    private static TimeRange WindowOf(List<SegmentReader> segments) => new(
        segments.Min(static segment => segment.Identity.Window.FromNs),
        segments.Max(static segment => segment.Identity.Window.ToNs));
}
