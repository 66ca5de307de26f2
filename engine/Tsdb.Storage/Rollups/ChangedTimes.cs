using Tsdb.Core;
using Tsdb.Storage.Deletes;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Rollups;

/// <summary>
/// Where the rows of a series may differ from what they were up to a log position: what has come since, in
/// segments, in memtables, or by a delete.
/// </summary>
/// <remarks>Reusable; one thread; the caller holds the version.</remarks>
internal sealed class ChangedTimes(StorageVersion version, int tableId)
{
    // No row has it, and memtables bring times whatever is asked for.
    private static readonly ColumnKey[] _noCells = [new(ColumnKey.RowColumnId, CellKind.VersionTo)];

    private readonly SeriesBlocks _blocks = new(new ChunkScratch());
    private readonly SeriesRows _rows = new();
    private readonly Dictionary<Memtable, MemtableSeriesReader> _memtableReaders = [];

    /// <summary>Adds the whole buckets in which something may have changed; they may overlap.</summary>
    /// <param name="series">Whose rows.</param>
    /// <param name="range">Where to look.</param>
    /// <param name="lsn">Since when.</param>
    /// <param name="rollup">Its buckets.</param>
    /// <param name="target">Gets them, in no order.</param>
    public void Find(
        SeriesId series, TimeRange range, ulong lsn, RollupDefinition rollup, List<TimeRange> target)
    {
        int shardCount = version.SegmentsByShard.Count;
        int shard = (int)(series.Value % (uint)shardCount);
        IReadOnlyList<SegmentReader> segments = version.SegmentsByShard[shard];
        for (int i = 0; i < segments.Count; i++)
        {
            if ((ulong)segments[i].Identity.MaxLsn > lsn)
            {
                AddSegment(segments[i], series, range, rollup, target);
            }
        }

        foreach (Tombstone tombstone in version.Tombstones.Items)
        {
            TimeRange deleted = tombstone.Range.Intersect(range);
            if (tombstone.Lsn > lsn && !deleted.IsEmpty && tombstone.Covers(series, tableId))
            {
                Add(deleted.FromNs, deleted.LastNs, rollup, target);
            }
        }

        int place = (int)(series.Value / (uint)shardCount);
        for (int i = 0; i < version.Flushing.Count; i++)
        {
            AddMemtable(version.Flushing[i], shard, place, range, rollup, target);
        }

        AddMemtable(version.Active, shard, place, range, rollup, target);
    }

    private void AddSegment(
        SegmentReader segment,
        SeriesId series,
        TimeRange range,
        RollupDefinition rollup,
        List<TimeRange> target)
    {
        if (!range.Overlaps(segment.Info.MinTimestampNs, segment.Info.MaxTimestampNs)
            || segment.Identity.Role == SegmentRole.History
            || !segment.TryFindSeries(series, out SeriesEntry entry)
            || !range.Overlaps(entry.FirstTimestampNs, entry.LastTimestampNs))
        {
            return;
        }

        _blocks.Open(segment, entry);
        for (int block = 0; block < _blocks.BlockCount; block++)
        {
            long firstNs = _blocks.GetFirstTimestampNs(block);
            long lastNs = _blocks.GetLastTimestampNs(block);
            if (range.Overlaps(firstNs, lastNs))
            {
                Add(firstNs, lastNs, rollup, target);
            }
        }
    }

    private void AddMemtable(
        Memtable memtable,
        int shard,
        int place,
        TimeRange range,
        RollupDefinition rollup,
        List<TimeRange> target)
    {
        if (!_memtableReaders.TryGetValue(memtable, out MemtableSeriesReader? reader))
        {
            reader = memtable.CreateReader();
            _memtableReaders.Add(memtable, reader);
        }

        if (!reader.Collect(memtable.GetShard(shard), place, range, _noCells, _rows))
        {
            return;
        }

        // A few rows may lie far apart: what is between them has not changed.
        for (int row = 0; row < _rows.RowCount; row++)
        {
            long timestampNs = _rows.TimestampsNs[row];
            if (target.Count == 0 || !target[^1].Contains(timestampNs))
            {
                Add(timestampNs, timestampNs, rollup, target);
            }
        }
    }

    private static void Add(long firstNs, long lastNs, RollupDefinition rollup, List<TimeRange> target)
    {
        long lastBucketNs = rollup.FloorNs(lastNs);
        long endNs = lastBucketNs > long.MaxValue - rollup.EveryNs
            ? long.MaxValue
            : lastBucketNs + rollup.EveryNs;
        target.Add(new TimeRange(rollup.FloorNs(firstNs), endNs));
    }
}
