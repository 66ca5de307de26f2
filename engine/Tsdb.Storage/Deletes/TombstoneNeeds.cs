using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Deletes;

/// <summary>Which segments still hold rows of which deletes. What was found out about a segment holds for
/// ever. One thread.</summary>
internal sealed class TombstoneNeeds
{
    private readonly Dictionary<(long SegmentNumber, ulong Lsn), bool> _known = [];

    /// <summary>Whether the segment may hold rows that the delete took away.</summary>
    public bool IsNeeded(Tombstone tombstone, SegmentReader segment)
    {
        if (!tombstone.Masks((ulong)segment.Identity.MaxLsn, segment.AppliedLsn)
            || !tombstone.Range.Overlaps(segment.Info.MinTimestampNs, segment.Info.MaxTimestampNs))
        {
            return false;
        }

        (long, ulong) key = (segment.Identity.SegmentNumber, tombstone.Lsn);
        if (!_known.TryGetValue(key, out bool isNeeded))
        {
            isNeeded = tombstone.Series is null
                ? HoldsTable(segment, tombstone)
                : HoldsSeries(segment, tombstone, tombstone.Series);
            _known.Add(key, isNeeded);
        }

        return isNeeded;
    }

    /// <summary>Forgets what concerns deletes that are done with.</summary>
    public void Forget(ulong lsn)
    {
        foreach ((long SegmentNumber, ulong Lsn) key in _known.Keys.Where(key => key.Lsn == lsn).ToList())
        {
            _known.Remove(key);
        }
    }

    private static bool HoldsTable(SegmentReader segment, Tombstone tombstone)
    {
        for (int i = 0; i < segment.SeriesCount; i++)
        {
            SeriesEntry entry = segment.GetSeries(i);
            if (entry.TableId == tombstone.TableId
                && tombstone.Range.Overlaps(entry.FirstTimestampNs, entry.LastTimestampNs))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HoldsSeries(SegmentReader segment, Tombstone tombstone, uint[] series)
    {
        foreach (uint id in series)
        {
            if (id % (uint)segment.Identity.ShardCount == (uint)segment.Identity.Shard
                && segment.TryFindSeries(new SeriesId(id), out SeriesEntry entry)
                && tombstone.Range.Overlaps(entry.FirstTimestampNs, entry.LastTimestampNs))
            {
                return true;
            }
        }

        return false;
    }
}
