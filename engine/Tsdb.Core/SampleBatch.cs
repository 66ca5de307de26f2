namespace Tsdb.Core;

/// <summary>
/// What arrives in one write, as columns: the one form that the ingest side makes and the storage side takes.
/// One <see cref="TableRows"/> per table; within it rows keep the sender's order.
/// </summary>
/// <remarks>
/// Reusable: <see cref="Clear"/> keeps the arrays. Filled by one thread; whoever passes it to storage leaves
/// it
/// alone until the write has completed.
/// </remarks>
public sealed class SampleBatch
{
    private readonly List<TableRows> _pool = [];
    private int _tableCount;

    /// <summary>
    /// The bytes in which <see cref="TableRows.KeyOffsets"/> lie: usually the request's own text. Owned by
    /// the
    /// caller; must stay unchanged until storage has resolved the keys (when the append call returns its
    /// task).
    /// </summary>
    public ReadOnlyMemory<byte> KeyText { get; set; }

    /// <summary>The bytes of all string cells; cells hold <see cref="TextSpan"/>s into it.</summary>
    public ByteSlab Texts { get; } = new();

    /// <summary>
    /// Where the sender's numbered stream stands with this batch, remembered with its rows; null when it has
    /// none.
    /// </summary>
    public StreamPosition? Position { get; set; }

    /// <summary>The time that rows without one of their own were given here, ns since 1970; null when there
    /// are none such.</summary>
    public long? StampedNs { get; set; }

    /// <summary>Number of tables in use.</summary>
    public int TableCount => _tableCount;

    /// <summary>Rows of all tables together.</summary>
    public int RowCount
    {
        get
        {
            int count = 0;
            for (int i = 0; i < _tableCount; i++)
            {
                count += _pool[i].RowCount;
            }

            return count;
        }
    }

    /// <summary>Memory that the batch keeps, in use or not. O(tables × columns).</summary>
    public long CapacityBytes
    {
        get
        {
            long sizeBytes = Texts.CapacityBytes;
            foreach (TableRows table in _pool)
            {
                sizeBytes += table.CapacityBytes;
            }

            return sizeBytes;
        }
    }

    /// <summary>The table at <paramref name="index"/>, in order of first appearance.</summary>
    public TableRows GetTable(int index)
    {
        Invariant.Holds((uint)index < (uint)_tableCount);
        return _pool[index];
    }

    /// <summary>Adds a table, empty. The caller sees to it that a name appears once.</summary>
    /// <param name="name">UTF-8, unescaped.</param>
    public TableRows AddTable(ReadOnlySpan<byte> name)
    {
        if (_tableCount == _pool.Count)
        {
            _pool.Add(new TableRows());
        }

        TableRows table = _pool[_tableCount++];
        table.Reset(name);
        return table;
    }

    /// <summary>Empties the batch and keeps its memory for the next one.</summary>
    public void Clear()
    {
        _tableCount = 0;
        KeyText = default;
        Position = null;
        StampedNs = null;
        Texts.Clear();
    }
}
