using Tsdb.Storage.Deletes;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Versions;

/// <summary>An open rollup segment and what it holds.</summary>
internal sealed record RollupFile(SegmentReader Segment, RollupEntry Entry)
{
    public int Shard => Segment.Identity.Shard;

    public bool IsOf(int tableId, int rollupId) =>
        Entry.TableId == tableId && Entry.RollupId == rollupId;

    /// <summary>Whether rows that it counts may be gone by a delete that came later.</summary>
    public bool IsUnawareOf(Tombstone tombstone) =>
        tombstone.Lsn > Entry.Lsn && tombstone.TableId == Entry.TableId
        && tombstone.Range.Overlaps(Entry.Range.FromNs, Entry.Range.LastNs);

    /// <summary>Whether it tells of all rows that it should tell of a field as the field is now: one that is
    /// younger than the file had none.</summary>
    public bool Has(ColumnSchema column) =>
        column.ColumnId > Entry.ColumnTypes.Length
        || Entry.ColumnTypes[column.ColumnId - 1] == column.Type;
}
