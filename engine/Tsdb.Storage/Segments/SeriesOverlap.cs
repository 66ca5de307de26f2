using Tsdb.Core;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Looks for series whose on-time segments overlap, which must never be: a row that is classed wrongly would
/// show twice, without any error (as in Apache IoTDB, issue 19020).
/// </summary>
internal static class SeriesOverlap
{
    /// <summary>A series whose time in two on-time segments overlaps; null when there is none.</summary>
    /// <param name="segments">Of one shard; late ones are passed over.</param>
    public static SeriesId? Find(IEnumerable<SegmentReader> segments)
    {
        List<(uint Series, long FirstNs, long LastNs)> spans = [];
        foreach (SegmentReader segment in segments)
        {
            for (int i = 0; segment.Identity.Role == SegmentRole.OnTime && i < segment.SeriesCount; i++)
            {
                SeriesEntry entry = segment.GetSeries(i);
                spans.Add((entry.Series.Value, entry.FirstTimestampNs, entry.LastTimestampNs));
            }
        }

        spans.Sort();
        for (int i = 1; i < spans.Count; i++)
        {
            if (spans[i].Series == spans[i - 1].Series && spans[i].FirstNs <= spans[i - 1].LastNs)
            {
                return new SeriesId(spans[i].Series);
            }
        }

        return null;
    }

    /// <summary>Adds the segments that lie between some of a group in the time of a series: merged without
    /// them, the group would overlap them.</summary>
    /// <param name="group">On-time segments.</param>
    /// <param name="others">On-time segments that the group is taken of, by age.</param>
    public static List<SegmentReader> Close(List<SegmentReader> group, List<SegmentReader> others)
    {
        while (true)
        {
            Dictionary<SeriesId, (long FirstNs, long LastNs)> hulls = HullsOf(group);
            List<SegmentReader> closed =
                [.. others.Where(other => group.Contains(other) || ReachesInto(other, hulls))];
            if (closed.Count == group.Count)
            {
                return closed;
            }

            group = closed;
        }
    }

    private static Dictionary<SeriesId, (long FirstNs, long LastNs)> HullsOf(List<SegmentReader> group)
    {
        Dictionary<SeriesId, (long FirstNs, long LastNs)> hulls = [];
        foreach (SegmentReader segment in group)
        {
            for (int i = 0; i < segment.SeriesCount; i++)
            {
                SeriesEntry entry = segment.GetSeries(i);
                (long firstNs, long lastNs) = hulls.TryGetValue(entry.Series, out (long, long) known)
                    ? known
                    : (long.MaxValue, long.MinValue);
                hulls[entry.Series] = (
                    Math.Min(firstNs, entry.FirstTimestampNs), Math.Max(lastNs, entry.LastTimestampNs));
            }
        }

        return hulls;
    }

    private static bool ReachesInto(
        SegmentReader segment, Dictionary<SeriesId, (long FirstNs, long LastNs)> hulls)
    {
        for (int i = 0; i < segment.SeriesCount; i++)
        {
            SeriesEntry entry = segment.GetSeries(i);
            if (hulls.TryGetValue(entry.Series, out (long FirstNs, long LastNs) hull)
                && entry.FirstTimestampNs <= hull.LastNs
                && entry.LastTimestampNs >= hull.FirstNs)
            {
                return true;
            }
        }

        return false;
    }
}
