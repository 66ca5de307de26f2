using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Deletes;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Segments.Merging;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Reading;

/// <summary>
/// Everything a version holds of one series in a range, put in order of time and cut where nothing overlaps.
/// Reusable; one thread.
/// </summary>
/// <param name="version">What to read.</param>
/// <param name="tableId">Of which table.</param>
/// <param name="wanted">Which cells.</param>
/// <param name="skipsMemtables">Only what segments hold.</param>
internal sealed class ReadUnits(
    StorageVersion version, int tableId, ColumnKey[] wanted, bool skipsMemtables = false)
{
    private static readonly Comparison<MergeUnit> _byTime = static (left, right) =>
    {
        int order = left.FirstNs.CompareTo(right.FirstNs);
        return order != 0 ? order : left.Source.CompareTo(right.Source);
    };

    private readonly ChunkScratch _scratch = new();
    private readonly List<MergeUnit> _units = [];
    private readonly List<ReadCluster> _clusters = [];
    private readonly List<SeriesBlocks> _blocksPool = [];
    private readonly List<SeriesRows> _rowsPool = [];
    private readonly Dictionary<Memtable, MemtableSeriesReader> _memtableReaders = [];
    private int _usedBlocks;
    private int _usedRows;

    public IReadOnlyList<ReadCluster> Clusters => _clusters;

    /// <summary>What deletes leave out of each source.</summary>
    public RowRemoval Removal { get; } = new();

    public ReadOnlySpan<MergeUnit> Units => CollectionsMarshal.AsSpan(_units);

    public long ReadSizeBytes => _scratch.ReadSizeBytes;

    public void Open(SeriesId series, TimeRange range)
    {
        _units.Clear();
        _clusters.Clear();
        Removal.Clear();
        _usedBlocks = 0;
        _usedRows = 0;
        if (range.IsEmpty)
        {
            return;
        }

        int shardCount = version.SegmentsByShard.Count;
        int shard = (int)(series.Value % (uint)shardCount);
        ThrowIfDamaged(shard, range);
        int source = 0;
        IReadOnlyList<SegmentReader> segments = version.SegmentsByShard[shard];

        // By index, here and below: an interface's enumerator would be allocated for every series read.
        for (int i = 0; i < segments.Count; i++)
        {
            AddSegment(segments[i], series, range, source++);
        }

        if (!skipsMemtables)
        {
            AddMemtables(series, shard, range, source);
        }

        _units.Sort(_byTime);
        BuildClusters();
    }

    /// <summary>No answer is better than one that lacks rows and does not say so.</summary>
    private void ThrowIfDamaged(int shard, TimeRange range)
    {
        for (int i = 0; i < version.Damaged.Count; i++)
        {
            DamagedSegment segment = version.Damaged[i];
            if (segment.Shard == shard && range.Overlaps(segment.FirstTimestampNs, segment.LastTimestampNs))
            {
                throw new DamagedSegmentException(segment);
            }
        }
    }

    private void AddSegment(SegmentReader segment, SeriesId series, TimeRange range, int source)
    {
        List<TimeRange> hidden = Removal.AddSource();
        if (!range.Overlaps(segment.Info.MinTimestampNs, segment.Info.MaxTimestampNs)
            || segment.Identity.Role == SegmentRole.History
            || !segment.TryFindSeries(series, out SeriesEntry entry)
            || !range.Overlaps(entry.FirstTimestampNs, entry.LastTimestampNs))
        {
            return;
        }

        HiddenTimes.Find(
            version.Tombstones,
            series,
            tableId,
            (ulong)segment.Identity.MaxLsn,
            segment.AppliedLsn,
            hidden);
        if (Covers(hidden, entry.FirstTimestampNs, entry.LastTimestampNs))
        {
            return;
        }

        if (_usedBlocks == _blocksPool.Count)
        {
            _blocksPool.Add(new SeriesBlocks(_scratch));
        }

        SeriesBlocks blocks = _blocksPool[_usedBlocks++];
        blocks.Open(segment, entry);
        for (int block = 0; block < blocks.BlockCount; block++)
        {
            long firstNs = blocks.GetFirstTimestampNs(block);
            long lastNs = blocks.GetLastTimestampNs(block);
            if (range.Overlaps(firstNs, lastNs) && !Covers(hidden, firstNs, lastNs))
            {
                _units.Add(new MergeUnit(firstNs, lastNs, source, blocks, block, null));
            }
        }
    }

    private void AddMemtables(SeriesId series, int shard, TimeRange range, int source)
    {
        int place = (int)(series.Value / (uint)version.SegmentsByShard.Count);
        for (int i = 0; i < version.Flushing.Count; i++)
        {
            List<TimeRange> hidden = Removal.AddSource();
            HiddenTimes.Find(
                version.Tombstones, series, tableId, version.Flushing[i].LastLsn, 0, hidden);
            AddMemtable(version.Flushing[i], shard, place, range, source++);
        }

        AddMemtable(version.Active, shard, place, range, source);
    }

    private void AddMemtable(Memtable memtable, int shard, int place, TimeRange range, int source)
    {
        if (!_memtableReaders.TryGetValue(memtable, out MemtableSeriesReader? reader))
        {
            reader = memtable.CreateReader();
            _memtableReaders.Add(memtable, reader);
        }

        if (_usedRows == _rowsPool.Count)
        {
            _rowsPool.Add(new SeriesRows());
        }

        SeriesRows rows = _rowsPool[_usedRows];
        if (reader.Collect(memtable.GetShard(shard), place, range, wanted, rows))
        {
            _usedRows++;
            rows = WithoutHidden(source, rows);
            if (rows.RowCount == 0)
            {
                return;
            }

            _units.Add(new MergeUnit(
                rows.TimestampsNs[0], rows.TimestampsNs[rows.RowCount - 1], source, null, 0, rows));
        }
    }

    /// <summary>Rows of a memtable that is being flushed may have been deleted since.</summary>
    private SeriesRows WithoutHidden(int source, SeriesRows rows)
    {
        if (_usedRows == _rowsPool.Count)
        {
            _rowsPool.Add(new SeriesRows());
        }

        if (!Removal.TryApply(source, rows, _rowsPool[_usedRows]))
        {
            return rows;
        }

        return _rowsPool[_usedRows++];
    }

    private static bool Covers(List<TimeRange> hidden, long firstNs, long lastNs)
    {
        foreach (TimeRange range in hidden)
        {
            if (range.Covers(firstNs, lastNs))
            {
                return true;
            }
        }

        return false;
    }

    private void BuildClusters()
    {
        for (int first = 0; first < _units.Count;)
        {
            long lastNs = _units[first].LastNs;
            int end = first + 1;
            while (end < _units.Count && _units[end].FirstNs <= lastNs)
            {
                lastNs = Math.Max(lastNs, _units[end].LastNs);
                end++;
            }

            _clusters.Add(new ReadCluster(first, end - first));
            first = end;
        }
    }
}
