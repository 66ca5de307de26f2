using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Compaction;

/// <summary>Chooses which segments of a shard to merge next, so that a read never meets more than a few
/// runs.</summary>
internal sealed class CompactionPlanner(StorageOptions options)
{
    /// <summary>
    /// Segments to be merged, oldest first; null when no merge is due. Everything that overlaps them
    /// in
    /// time and lies between them in commit order is among them: a merge must not overtake a newer version.
    /// </summary>
    /// <param name="segments">The shard's, oldest first.</param>
    /// <param name="isFull">Whether two that share a window are enough.</param>
    public CompactionJob? Choose(IReadOnlyList<SegmentReader> segments, bool isFull)
    {
        foreach (SegmentReader seed in segments)
        {
            if (seed.Identity.Role == SegmentRole.History)
            {
                continue;
            }

            List<SegmentReader> group = [.. segments.Where(other => IsWithin(other, seed))];
            if (IsDue(group, isFull))
            {
                return JobOf(Close(group, segments), isFull);
            }
        }

        return null;
    }

    private static CompactionJob JobOf(List<SegmentReader> inputs, bool isFull) => new(
        isFull ? CompactionReason.Requested : CompactionReason.ReadAmplification,
        inputs,
        SegmentRole.OnTime,
        [
            new TimeRange(
                inputs.Min(static segment => segment.Identity.Window.FromNs),
                inputs.Max(static segment => segment.Identity.Window.ToNs)),
        ]);

    /// <summary>Whether a segment lies in the window of another, or is that one.</summary>
    private static bool IsWithin(SegmentReader segment, SegmentReader seed) =>
        segment.Identity.Role != SegmentRole.History
        && segment.Identity.Window.FromNs >= seed.Identity.Window.FromNs
        && segment.Identity.Window.ToNs <= seed.Identity.Window.ToNs;

    private bool IsDue(List<SegmentReader> group, bool isFull)
    {
        int lateCount = group.Count(static segment => segment.Identity.Role == SegmentRole.Late);
        return isFull
            ? group.Count > 1
            : lateCount > options.LateSegmentCountMax || group.Count > options.SegmentCountMax;
    }

    private static List<SegmentReader> Close(List<SegmentReader> group, IReadOnlyList<SegmentReader> segments)
    {
        while (true)
        {
            long firstLsn = group.Min(static segment => segment.Identity.MinLsn);
            long lastLsn = group.Max(static segment => segment.Identity.MaxLsn);
            List<SegmentReader> closed = [.. segments.Where(other =>
                group.Contains(other)
                || (other.Identity.Role != SegmentRole.History
                    && other.Identity.MaxLsn >= firstLsn
                    && other.Identity.MinLsn <= lastLsn
                    && group.Exists(member => Overlaps(member, other))))];
            if (closed.Count == group.Count)
            {
                return closed;
            }

            group = closed;
        }
    }

    private static bool Overlaps(SegmentReader left, SegmentReader right) =>
        left.Info.MinTimestampNs <= right.Info.MaxTimestampNs
        && left.Info.MaxTimestampNs >= right.Info.MinTimestampNs;
}
