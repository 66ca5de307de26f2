using Tsdb.Core;
using Tsdb.Storage.Deletes;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Versions;

/// <summary>The present version, and the three ways it changes. Thread safe.</summary>
internal sealed class VersionSet
{
    private static readonly Comparer<SegmentReader> _byAge =
        Comparer<SegmentReader>.Create(SegmentAge.Compare);

    private readonly Lock _gate = new();
    private StorageVersion _current;
    private long _acquireCount;
    private bool _isClosed;

    public VersionSet(
        Memtable active,
        IReadOnlyList<IReadOnlyList<SegmentReader>> segmentsByShard,
        IReadOnlyList<DamagedSegment> damaged,
        TombstoneSet tombstones,
        IReadOnlyList<RollupFile> rollups)
    {
        _current = new StorageVersion(active, [], segmentsByShard, damaged, tombstones, rollups);
        Damaged = damaged;
        ShardCount = segmentsByShard.Count;
    }

    /// <summary>Segments that were set aside at opening.</summary>
    public IReadOnlyList<DamagedSegment> Damaged { get; }

    /// <summary>Deletes that are not carried out everywhere.</summary>
    public int TombstoneCount
    {
        get
        {
            lock (_gate)
            {
                return _current.Tombstones.Count;
            }
        }
    }

    /// <summary>How often somebody has looked: nearly all of them queries.</summary>
    public long AcquireCount => Volatile.Read(ref _acquireCount);

    /// <summary>Shards of the database.</summary>
    public int ShardCount { get; }

    /// <summary>The present version, held for the caller, who releases it.</summary>
    /// <exception cref="StorageClosedException">The database is closed.</exception>
    public StorageVersion Acquire()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                throw new StorageClosedException("the database is closed");
            }

            _acquireCount++;
            _current.Acquire();
            return _current;
        }
    }

    /// <summary>A new memtable takes the commits; the one before waits to be flushed.</summary>
    public void Rotate(Memtable next)
    {
        lock (_gate)
        {
            Publish(new StorageVersion(
                next,
                [.. _current.Flushing, _current.Active],
                _current.SegmentsByShard,
                Damaged,
                _current.Tombstones,
                _current.Rollups));
        }
    }

    /// <summary>A flushed memtable gives way to its segments.</summary>
    public void CompleteFlush(Memtable flushed, IReadOnlyList<SegmentReader> added)
    {
        lock (_gate)
        {
            Invariant.Holds(_current.Flushing.Contains(flushed));
            Memtable[] flushing = [.. _current.Flushing.Where(memtable => memtable != flushed)];
            Publish(new StorageVersion(
                _current.Active,
                flushing,
                Replace(added, []),
                Damaged,
                _current.Tombstones,
                _current.Rollups));
        }
    }

    /// <summary>Merged segments give way to the one they became.</summary>
    public void CompleteCompaction(IReadOnlyList<SegmentReader> added, IReadOnlyList<SegmentReader> removed)
    {
        lock (_gate)
        {
            Publish(new StorageVersion(
                _current.Active,
                _current.Flushing,
                Replace(added, removed),
                Damaged,
                _current.Tombstones,
                _current.Rollups));
        }
    }

    /// <summary>The deletes change; with a new memtable for the commits after them, if need be.</summary>
    public void Delete(TombstoneSet tombstones, Memtable? nextActive) => Delete(tombstones, nextActive, []);

    /// <summary>As above, and takes rollups away that do not know of them.</summary>
    public void Delete(TombstoneSet tombstones, Memtable? nextActive, IReadOnlyList<RollupFile> rollups)
    {
        lock (_gate)
        {
            IReadOnlyList<Memtable> flushing = nextActive is null
                ? _current.Flushing
                : [.. _current.Flushing, _current.Active];
            Publish(new StorageVersion(
                nextActive ?? _current.Active,
                flushing,
                _current.SegmentsByShard,
                Damaged,
                tombstones,
                [.. _current.Rollups.Where(file => !rollups.Contains(file))]));
        }
    }

    /// <summary>Rollups come and go, and with them segments that they can no longer speak for.</summary>
    /// <param name="added">New rollups.</param>
    /// <param name="removed">Rollups that are no longer read.</param>
    /// <param name="dropped">Segments that are no longer read.</param>
    public void ChangeRollups(
        IReadOnlyList<RollupFile> added,
        IReadOnlyList<RollupFile> removed,
        IReadOnlyList<SegmentReader> dropped)
    {
        lock (_gate)
        {
            RollupFile[] rollups = [.. _current.Rollups.Where(file => !removed.Contains(file)), .. added];
            Publish(new StorageVersion(
                _current.Active,
                _current.Flushing,
                Replace([], dropped),
                Damaged,
                _current.Tombstones,
                rollups));
        }
    }

    /// <summary>Gives up the last version, at close.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            _current.Release();
        }
    }

    private IReadOnlyList<SegmentReader>[] Replace(
        IReadOnlyList<SegmentReader> added, IReadOnlyList<SegmentReader> removed)
    {
        IReadOnlyList<SegmentReader>[] segments = [.. _current.SegmentsByShard];
        foreach (int shard in added
            .Concat(removed).Select(static segment => segment.Identity.Shard).Distinct())
        {
            segments[shard] =
            [
                .. segments[shard]
                    .Where(segment => !removed.Contains(segment))
                    .Concat(added.Where(segment => segment.Identity.Shard == shard))
                    .Order(_byAge),
            ];
        }

        return segments;
    }

    private void Publish(StorageVersion next)
    {
        StorageVersion previous = _current;
        _current = next;
        previous.Release();
    }
}
