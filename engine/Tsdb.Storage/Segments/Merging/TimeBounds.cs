using Tsdb.Core;

namespace Tsdb.Storage.Segments.Merging;

/// <summary>Which of some ascending timestamps lie inside a range.</summary>
internal static class TimeBounds
{
    /// <summary>The first one inside and how many there are.</summary>
    public static (int First, int Count) Find(ReadOnlySpan<long> timestampsNs, TimeRange range)
    {
        if (range.IsEmpty || timestampsNs.IsEmpty)
        {
            return (0, 0);
        }

        int first = LowerBound(timestampsNs, range.FromNs);
        int end = range.LastNs == long.MaxValue
            ? timestampsNs.Length
            : LowerBound(timestampsNs, range.LastNs + 1);
        return (first, Math.Max(0, end - first));
    }

    private static int LowerBound(ReadOnlySpan<long> timestampsNs, long fromNs)
    {
        int index = timestampsNs.BinarySearch(fromNs);
        return index < 0 ? ~index : index;
    }
}
