using Tsdb.Storage.Commits;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// Sorts rows of many series by series, those of a series in order of arrival: rows of some shards only, so
/// that threads share the work. Reusable; one thread.
/// </summary>
internal sealed class SeriesRuns
{
    private int[] _rows = [];
    private int[] _ordered = [];

    // For each series its slot + 1; 0 between two sorts.
    private int[] _slots = [];
    private uint[] _series = [];
    private int[] _ends = [];

    /// <summary>Rows found.</summary>
    public int RowCount { get; private set; }

    /// <summary>Series found.</summary>
    public int SeriesCount { get; private set; }

    /// <summary>The last of the rows found; -1 when there is none.</summary>
    public int LastRow => RowCount == 0 ? -1 : _rows[RowCount - 1];

    /// <summary>The rows found, in order of arrival.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, RowCount);

    /// <summary>The series at a place, in order of their first rows.</summary>
    public uint SeriesAt(int index) => _series[index];

    /// <summary>The rows found, series by series. Only after <see cref="Sort"/>.</summary>
    public ReadOnlySpan<int> Ordered => _ordered.AsSpan(0, RowCount);

    /// <summary>Where among <see cref="Ordered"/> the rows of the series at a place end.</summary>
    public int EndAt(int index) => _ends[index];

    /// <summary>Finds the rows whose shards, divided by a number of lanes, leave one lane.</summary>
    public void Find(ResolvedTable table, int shardCount, int lane, int laneCount)
    {
        int rowCount = table.Rows.RowCount;
        if (_rows.Length <= rowCount)
        {
            // One place more: every row is written, and stays where it is wanted.
            _rows = new int[rowCount + 1];
            _ordered = new int[rowCount + 1];
        }

        int count = 0;
        int[] rows = _rows;
        ReadOnlySpan<uint> series = table.SeriesIds.AsSpan(0, rowCount);
        bool isDirect = shardCount % laneCount == 0;
        for (int row = 0; row < series.Length; row++)
        {
            uint shard = isDirect ? series[row] : series[row] % (uint)shardCount;
            rows[count] = row;
            count += shard % (uint)laneCount == (uint)lane ? 1 : 0;
        }

        RowCount = count;
        Count(series);
    }

    /// <summary>Sorts what was found.</summary>
    public void Sort(ResolvedTable table)
    {
        int end = 0;
        for (int i = 0; i < SeriesCount; i++)
        {
            int count = _ends[i];
            _ends[i] = end;
            end += count;
        }

        uint[] series = table.SeriesIds;
        foreach (int row in Rows)
        {
            _ordered[_ends[_slots[series[row]] - 1]++] = row;
        }
    }

    /// <summary>Forgets the series; to be called before the next search.</summary>
    public void Clear()
    {
        for (int i = 0; i < SeriesCount; i++)
        {
            _slots[_series[i]] = 0;
        }

        SeriesCount = 0;
        RowCount = 0;
    }

    private void Count(ReadOnlySpan<uint> series)
    {
        int seriesCount = 0;
        foreach (int row in Rows)
        {
            uint id = series[row];
            if (id >= (uint)_slots.Length)
            {
                Array.Resize(ref _slots, (int)Math.Max(id + 1, 2 * (uint)_slots.Length));
            }

            int slot = _slots[id];
            if (slot == 0)
            {
                slot = AddSeries(id, seriesCount++);
            }

            _ends[slot - 1]++;
        }

        SeriesCount = seriesCount;
    }

    private int AddSeries(uint id, int index)
    {
        if (index == _series.Length)
        {
            Array.Resize(ref _series, Math.Max(256, index * 2));
            Array.Resize(ref _ends, _series.Length);
        }

        _series[index] = id;
        _ends[index] = 0;
        return _slots[id] = index + 1;
    }
}
