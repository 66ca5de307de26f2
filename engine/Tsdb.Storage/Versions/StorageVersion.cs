using Tsdb.Core;
using Tsdb.Storage.Deletes;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Versions;

/// <summary>
/// Which memtables and segments make up the database at one moment. Immutable; keeps its parts alive until
/// its
/// last reader is gone, so a query never loses a file or a row under its feet.
/// </summary>
internal sealed class StorageVersion
{
    private int _referenceCount = 1;

    public StorageVersion(
        Memtable active,
        IReadOnlyList<Memtable> flushing,
        IReadOnlyList<IReadOnlyList<SegmentReader>> segmentsByShard,
        IReadOnlyList<DamagedSegment> damaged,
        TombstoneSet tombstones,
        IReadOnlyList<RollupFile> rollups)
    {
        Tombstones = tombstones;
        Rollups = rollups;
        Damaged = damaged;
        Active = active;
        Flushing = flushing;
        SegmentsByShard = segmentsByShard;
        active.Acquire();
        foreach (Memtable memtable in flushing)
        {
            memtable.Acquire();
        }

        foreach (SegmentReader segment in AllFiles())
        {
            Invariant.Holds(segment.TryAcquire());
        }
    }

    /// <summary>The memtable that commits go to.</summary>
    public Memtable Active { get; }

    /// <summary>Memtables being flushed, oldest first.</summary>
    public IReadOnlyList<Memtable> Flushing { get; }

    /// <summary>The segments of each shard, by <see cref="SegmentAge"/>.</summary>
    public IReadOnlyList<IReadOnlyList<SegmentReader>> SegmentsByShard { get; }

    /// <summary>Deletes that the above may not have carried out. The active memtable holds no row of
    /// theirs.</summary>
    public TombstoneSet Tombstones { get; }

    /// <summary>Segments that are missing from the above.</summary>
    public IReadOnlyList<DamagedSegment> Damaged { get; }

    /// <summary>Whether a segment of a shard is missing.</summary>
    public bool IsDamaged(int shard) => Damaged.Any(segment => segment.Shard == shard);

    /// <summary>Aggregates of what the above hold.</summary>
    public IReadOnlyList<RollupFile> Rollups { get; }

    public void Acquire() => Invariant.Holds(Interlocked.Increment(ref _referenceCount) > 1);

    public void Release()
    {
        int left = Interlocked.Decrement(ref _referenceCount);
        Invariant.Holds(left >= 0);
        if (left > 0)
        {
            return;
        }

        Active.Dispose();
        foreach (Memtable memtable in Flushing)
        {
            memtable.Dispose();
        }

        foreach (SegmentReader segment in AllFiles())
        {
            segment.Release();
        }
    }

    private IEnumerable<SegmentReader> AllFiles() =>
        SegmentsByShard.SelectMany(static list => list).Concat(Rollups.Select(static file => file.Segment));
}
