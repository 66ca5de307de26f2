namespace Tsdb.Storage.Segments;

/// <summary>
/// The order of a shard's segments, oldest version of a row first. On-time segments come before late ones
/// whatever their LSNs: a late row is written after the on-time rows it may stand for, and on-time segments
/// of one series never overlap, so that among them no order is needed. That is what lets a merge take any of
/// them without overtaking a newer version.
/// </summary>
internal static class SegmentAge
{
    public static int Compare(SegmentReader left, SegmentReader right)
    {
        bool isLeftLate = left.Identity.Role == SegmentRole.Late;
        bool isRightLate = right.Identity.Role == SegmentRole.Late;
        int order = isLeftLate.CompareTo(isRightLate);
        order = order != 0 ? order : left.Identity.MaxLsn.CompareTo(right.Identity.MaxLsn);
        return order != 0 ? order : left.Identity.SegmentNumber.CompareTo(right.Identity.SegmentNumber);
    }
}
