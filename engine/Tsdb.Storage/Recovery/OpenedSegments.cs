using Tsdb.Storage.Deletes;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Recovery;

/// <summary>The files that a start has opened, and those it could not open.</summary>
/// <param name="ByShard">Segments by shard, oldest first.</param>
/// <param name="Damaged">Segments that are missing from them.</param>
/// <param name="Rollups">Aggregates of what they hold.</param>
internal sealed record OpenedSegments(
    IReadOnlyList<List<SegmentReader>> ByShard,
    IReadOnlyList<DamagedSegment> Damaged,
    IReadOnlyList<RollupFile> Rollups)
{
    /// <summary>Hands the files over to a first version of the database.</summary>
    /// <param name="active">Takes the commits.</param>
    /// <param name="tombstones">The deletes that are not forgotten.</param>
    public VersionSet ToVersions(Memtable active, TombstoneSet tombstones)
    {
        VersionSet versions = new(active, ByShard, Damaged, tombstones, Rollups);
        foreach (SegmentReader segment in ByShard
            .SelectMany(static list => list).Concat(Rollups.Select(static file => file.Segment)))
        {
            segment.Release();
        }

        return versions;
    }
}
