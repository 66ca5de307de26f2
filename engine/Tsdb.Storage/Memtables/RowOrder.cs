namespace Tsdb.Storage.Memtables;

/// <summary>
/// Puts rows in time order where most are already: the ascending run stays, the late rows are split off,
/// sorted and merged back.
/// </summary>
/// <remarks>Reusable; one thread.</remarks>
internal sealed class RowOrder
{
    private RowReference[] _rows = [];
    private RowReference[] _late = [];
    private RowReference[] _sorted = [];

    public int Count { get; private set; }

    /// <summary>The rows, in order after <see cref="Sort"/>.</summary>
    public ReadOnlySpan<RowReference> Rows => _rows.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(in RowReference row)
    {
        if (Count == _rows.Length)
        {
            Array.Resize(ref _rows, Math.Max(256, Count * 2));
        }

        _rows[Count++] = row;
    }

    public void Sort()
    {
        int kept = 0;
        int lateCount = 0;
        bool isLateOrdered = true;
        for (int i = 0; i < Count; i++)
        {
            if (kept == 0 || _rows[i] > _rows[kept - 1])
            {
                _rows[kept++] = _rows[i];
                continue;
            }

            if (lateCount == _late.Length)
            {
                Array.Resize(ref _late, Math.Max(64, lateCount * 2));
            }

            isLateOrdered &= lateCount == 0 || _late[lateCount - 1] < _rows[i];
            _late[lateCount++] = _rows[i];
        }

        if (lateCount == 0)
        {
            return;
        }

        // Two senders side by side make two ascending runs.
        if (!isLateOrdered)
        {
            Array.Sort(_late, 0, lateCount);
        }

        Merge(kept, lateCount);
    }

    private void Merge(int keptCount, int lateCount)
    {
        if (_sorted.Length < _rows.Length)
        {
            _sorted = new RowReference[_rows.Length];
        }

        int kept = 0;
        int late = 0;
        for (int i = 0; i < Count; i++)
        {
            bool takesLate = kept == keptCount || (late < lateCount && _late[late] < _rows[kept]);
            _sorted[i] = takesLate ? _late[late++] : _rows[kept++];
        }

        (_rows, _sorted) = (_sorted, _rows);
    }
}
