using Tsdb.Storage.Deletes;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Flushing;

/// <summary>Which rollups go when something else changes.</summary>
/// <remarks>The caller keeps versions from changing.</remarks>
internal static class RollupChanges
{
    /// <summary>Those that are read now and wanted.</summary>
    public static List<RollupFile> Find(VersionSet versions, Predicate<RollupFile> isWanted)
    {
        StorageVersion version = versions.Acquire();
        try
        {
            return [.. version.Rollups.Where(file => isWanted(file))];
        }
        finally
        {
            version.Release();
        }
    }

    /// <summary>Those that count rows of segments.</summary>
    public static List<RollupFile> FindOver(
        VersionSet versions, IReadOnlyCollection<SegmentReader> segments) =>
        Find(versions, file => segments.Any(segment =>
            segment.Identity.Shard == file.Shard
            && file.Entry.Range.Overlaps(segment.Info.MinTimestampNs, segment.Info.MaxTimestampNs)));

    /// <summary>Those that were built before one of the deletes: nothing else tells them of it.</summary>
    public static List<RollupFile> FindUnaware(
        VersionSet versions, TombstoneSet tombstones, IReadOnlyList<ulong> lsns)
    {
        Tombstone[] forgotten = [.. tombstones.Items.ToArray().Where(item => lsns.Contains(item.Lsn))];
        return Find(versions, file => Array.Exists(forgotten, file.IsUnawareOf));
    }

    /// <summary>Those whose place a new one takes. Of one that could not be opened at the start, which the
    /// manifest names still, the removal is added to the edit.</summary>
    public static List<RollupFile> FindReplaced(
        VersionSet versions, ManifestState state, RollupFile file, ManifestEdit edit)
    {
        RollupEntry entry = file.Entry;
        List<RollupFile> replaced = Find(
            versions, other => other.Shard == file.Shard && other.Entry.HasPlaceOf(entry));
        foreach (RollupEntry named in state.Rollups.Values)
        {
            if (named.HasPlaceOf(entry)
                && state.Segments[named.SegmentNumber].Shard == file.Shard
                && !replaced.Exists(other => other.Entry.SegmentNumber == named.SegmentNumber))
            {
                edit.RemoveSegment(named.SegmentNumber);
            }
        }

        return replaced;
    }
}
