using Tsdb.Core;
using Tsdb.Query.Functions;
using Tsdb.Query.Planning;
using Tsdb.Storage;

namespace Tsdb.Query.Scan;

/// <summary>
/// Walks the chunks of one series after another: prunes by statistics, filters rows, loads the columns that
/// are asked for. One worker's own.
/// </summary>
internal sealed class ChunkScanner : IDisposable
{
    private const int ChunkRowCountMax = 1024;

    private readonly ScanPlan _plan;
    private readonly TagColumns _tags;
    private readonly SlotLoader _loader;
    private readonly QueryContext _context;
    private readonly Evaluator[] _filters;
    private readonly int[][] _filterSlots;
    private readonly ColumnVector[] _filterVectors;
    private readonly bool[] _isFilterLoaded;
    private readonly ColumnVector[] _vectors;
    private readonly bool[] _isLoaded;
    private readonly int[] _rows = new int[ChunkRowCountMax];
    private readonly long[] _timestampsNs = new long[ChunkRowCountMax];
    private ScanCounters _counters;
    private int _ordinal;
    private bool _isFiltered;
    private bool _isCounted;

    public ChunkScanner(ScanPlan plan, TagColumns tags, StorageSnapshot snapshot, QueryContext context)
    {
        _plan = plan;
        _tags = tags;
        _context = context;
        _loader = new SlotLoader(plan, tags, snapshot, context);
        _filters = new Evaluator[plan.Filter.Residual.Count];
        _filterSlots = new int[_filters.Length][];
        for (int i = 0; i < _filters.Length; i++)
        {
            _filters[i] = new Evaluator(plan.Filter.Residual[i], context);
            HashSet<int> used = [];
            plan.Filter.Residual[i].CollectSlots(used);
            _filterSlots[i] = [.. used];
        }

        _filterVectors = MakeVectors(plan);
        _vectors = MakeVectors(plan);
        _isFilterLoaded = new bool[plan.Slots.Count];
        _isLoaded = new bool[plan.Slots.Count];
    }

    /// <summary>Rows of the present chunk that pass the filter, at least one.</summary>
    public int RowCount { get; private set; }

    /// <summary>Whether no row of the chunk was filtered away.</summary>
    public bool IsUnfiltered => !_isFiltered;

    /// <summary>The vectors of the slots; only those are filled that <see cref="Load"/> was asked
    /// for.</summary>
    public ColumnVector[] Vectors => _vectors;

    /// <summary>The chunk's first instant, before the filter.</summary>
    public long FirstTimestampNs => _loader.Reader.FirstTimestampNs;

    /// <summary>The chunk's last instant, before the filter.</summary>
    public long LastTimestampNs => _loader.Reader.LastTimestampNs;

    /// <summary>The rows' times, ascending.</summary>
    public ReadOnlySpan<long> TimestampsNs
    {
        get
        {
            CountAsRead();
            ReadOnlySpan<long> all = _loader.Reader.TimestampsNs;
            if (!_isFiltered)
            {
                return all;
            }

            for (int i = 0; i < RowCount; i++)
            {
                _timestampsNs[i] = all[_rows[i]];
            }

            return _timestampsNs.AsSpan(0, RowCount);
        }
    }

    /// <summary>Goes to a series.</summary>
    public void Open(int ordinal) => Open(ordinal, _plan.Filter.Range, _plan.IsDescending);

    public void Open(int ordinal, TimeRange range, bool isDescending)
    {
        _context.CheckGoOn();
        Publish();
        _ordinal = ordinal;
        _counters.SeriesRead++;
        _loader.Reader.Open(_tags.Index.GetSeries(ordinal), range, isDescending);
    }

    /// <summary>Goes to the series' next chunk with a row that passes the filter.</summary>
    public bool MoveNext()
    {
        while (_loader.Reader.MoveNext())
        {
            _context.CheckGoOn();
            RowCount = _loader.Reader.RowCount;
            _isFiltered = false;
            _isCounted = false;
            Array.Clear(_isLoaded);
            Array.Clear(_isFilterLoaded);
            if (IsExcluded())
            {
                _counters.BlocksPruned++;
            }
            else if (Filter())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Statistics of all the present rows for a slot; none when a filter may have removed
    /// some.</summary>
    public bool TryGetStatistics(int slot, out ColumnStatistics statistics)
    {
        statistics = default;
        return _filters.Length == 0 && _loader.TryGetStatistics(slot, out statistics);
    }

    /// <summary>A slot's column of the present rows, not copied where that can be avoided.</summary>
    public WordColumn Read(int slot)
    {
        CountAsRead();
        if (!_isFiltered && !_isLoaded[slot] && _loader.TryGetDirect(slot, out WordColumn column))
        {
            _counters.BytesRead += RowCount * sizeof(ulong);
            return column;
        }

        Load(slot);
        return WordColumn.Of(_vectors[slot], RowCount);
    }

    /// <summary>Loads a slot into its vector, for expressions to read.</summary>
    public void Load(int slot)
    {
        if (_isLoaded[slot])
        {
            return;
        }

        CountAsRead();
        _isLoaded[slot] = true;
        _counters.BytesRead += RowCount * sizeof(ulong);
        _loader.Load(slot, _ordinal, _isFiltered ? _rows.AsSpan(0, RowCount) : [], RowCount, _vectors[slot]);
    }

    /// <summary>Notes that the present chunk was answered without decoding, unless something was.</summary>
    public void CountAsAnswered()
    {
        if (!_isCounted)
        {
            _isCounted = true;
            _counters.BlocksFromStatistics++;
        }
    }

    /// <summary>Notes that buckets of a tier were taken instead of rows.</summary>
    public void CountBuckets(long count) => _counters.BucketsRead += count;

    public void Dispose() => Publish();

    /// <summary>Hands the counters over to the query.</summary>
    public void Publish()
    {
        _context.Statistics.Add(_counters);
        _counters = default;
    }

    private static ColumnVector[] MakeVectors(ScanPlan plan)
    {
        ColumnVector[] vectors = new ColumnVector[plan.Slots.Count];
        for (int i = 0; i < vectors.Length; i++)
        {
            vectors[i] = new ColumnVector { Type = plan.Slots[i].Type };
        }

        return vectors;
    }

    private void CountAsRead()
    {
        if (!_isCounted)
        {
            _isCounted = true;
            _counters.BlocksRead++;
            _counters.RowsRead += _loader.Reader.RowCount;
        }
    }

    private bool IsExcluded()
    {
        foreach (BlockBound bound in _plan.Filter.BlockBounds)
        {
            if (_loader.TryGetStatistics(
                bound.Slot, out ColumnStatistics statistics) && bound.Excludes(statistics))
            {
                return true;
            }
        }

        return false;
    }

    // Each condition sees all rows of the chunk: one that leaves none spares the others' columns.
    private bool Filter()
    {
        int chunkRowCount = RowCount;
        for (int i = 0; i < _filters.Length; i++)
        {
            CountAsRead();
            foreach (int slot in _filterSlots[i])
            {
                LoadForFilter(slot, chunkRowCount);
            }

            ColumnVector outcome = _filters[i].Evaluate(_filterVectors, chunkRowCount);
            if (!Keep(outcome, chunkRowCount))
            {
                return false;
            }
        }

        return true;
    }

    private void LoadForFilter(int slot, int chunkRowCount)
    {
        if (!_isFilterLoaded[slot])
        {
            _isFilterLoaded[slot] = true;
            _counters.BytesRead += chunkRowCount * sizeof(ulong);
            _loader.LoadForFilter(slot, _ordinal, chunkRowCount, _filterVectors[slot]);
        }
    }

    private bool Keep(ColumnVector outcome, int chunkRowCount)
    {
        int kept = 0;
        for (int i = 0; i < RowCount; i++)
        {
            int row = _isFiltered ? _rows[i] : i;
            _rows[kept] = row;
            kept += outcome.Words[row] != 0 && !outcome.IsNull(row) ? 1 : 0;
        }

        RowCount = kept;
        _isFiltered = kept < chunkRowCount;
        return kept > 0;
    }
}
