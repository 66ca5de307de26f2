using Tsdb.Core;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>
/// Narrows the time range to the buckets that can still be among those a limit wants. Once there are as many
/// groups
/// as wanted, no bucket beyond the worst of them matters; groups beyond it may stay incomplete.
/// </summary>
internal sealed class BucketBound(TopBuckets top, TimeBucket bucket, TimeRange range)
{
    private TimeRange _range = range;
    private long _nextCount = top.GroupCount;

    /// <summary>The rows worth reading, given the groups so far.</summary>
    public TimeRange Narrow(GroupTable groups)
    {
        // Looked at again only when the groups have doubled: the cost stays in proportion to their number.
        if (groups.Count < _nextCount)
        {
            return _range;
        }

        _nextCount = groups.Count * 2L;
        long[] starts = new long[groups.Count];
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = (long)groups.GetKey(i)[top.Key];
        }

        Array.Sort(starts);
        TimeRange wanted = top.IsLatest
            ? new TimeRange(starts[^top.GroupCount], long.MaxValue)
            : new TimeRange(long.MinValue, bucket.NextNs(starts[top.GroupCount - 1]));
        _range = _range.Intersect(wanted);
        return _range;
    }
}
