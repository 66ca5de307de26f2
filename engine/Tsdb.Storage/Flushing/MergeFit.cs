using Tsdb.Core;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Flushing;

/// <summary>What a merge has made must fit in with what is there now.</summary>
internal static class MergeFit
{
    /// <summary>Stops the process if segments of one place in the order overlap.</summary>
    public static void Check(
        VersionSet versions, List<SegmentReader> added, IReadOnlyList<SegmentReader> removed)
    {
        if (added.Count == 0)
        {
            return;
        }

        StorageVersion version = versions.Acquire();
        try
        {
            IEnumerable<SegmentReader> left = version.SegmentsByShard[added[0].Identity.Shard]
                .Where(segment => !removed.Contains(segment));
            Invariant.Holds(SeriesOverlap.Find(left.Concat(added)) is null);
        }
        finally
        {
            version.Release();
        }
    }
}
