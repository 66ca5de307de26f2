using Tsdb.Core;
using Tsdb.Query.Functions;
using Tsdb.Query.Planning;
using Tsdb.Storage;

namespace Tsdb.Query.Scan;

/// <summary>Copies what slots read out of a reader's present chunk into vectors, all rows or chosen
/// ones.</summary>
internal sealed class SlotLoader
{
    private const uint BadBit = 0x8000_0000;

    // A filter looks at a text once: what it has seen is kept to this much.
    private const long FilterTextsBytesMax = 1 << 20;

    private readonly IReadOnlyList<InputSlot> _slots;
    private readonly TagColumns _tags;
    private readonly SeriesReader _reader;
    private readonly QueryContext _context;
    private readonly int[] _valueColumns;
    private readonly int[] _statusColumns;
    private readonly TextPool?[] _pools;
    private readonly TextPool?[] _filterPools;

    public SlotLoader(ScanPlan plan, TagColumns tags, StorageSnapshot snapshot, QueryContext context)
    {
        _context = context;
        _slots = plan.Slots;
        _tags = tags;
        _valueColumns = new int[_slots.Count];
        _statusColumns = new int[_slots.Count];
        _pools = new TextPool?[_slots.Count];
        _filterPools = new TextPool?[_slots.Count];
        List<ColumnKey> keys = [];
        for (int i = 0; i < _slots.Count; i++)
        {
            InputSlot slot = _slots[i];
            bool isField = slot.Kind is InputKind.Field or InputKind.UsableField or InputKind.Quality;
            bool readsStatus = slot.Kind is InputKind.UsableField or InputKind.Quality;
            _valueColumns[i] = isField ? Use(keys, ColumnKey.ValueOf(slot.Index)) : -1;
            _statusColumns[i] = readsStatus ? Use(keys, new ColumnKey(slot.Index, CellKind.Status)) : -1;
            bool isText = isField && slot.Type == ResultType.String;
            _pools[i] = isText ? new TextPool() : null;
            _filterPools[i] = isText ? new TextPool() : null;
        }

        _reader = snapshot.CreateReader(plan.Table, keys);
    }

    public SeriesReader Reader => _reader;

    /// <summary>Statistics of the present chunk for a slot's values; for a quality's, of the values it is of,
    /// and only where they have no status: then every one of them is good, and there are no others.</summary>
    public bool TryGetStatistics(int slot, out ColumnStatistics statistics)
    {
        statistics = default;
        return _valueColumns[slot] >= 0
            && _reader.TryGetStatistics(_valueColumns[slot], out statistics)
            && (_slots[slot].Kind != InputKind.Quality || _reader.Column(_statusColumns[slot]).IsAbsent);
    }

    /// <summary>The reader's own cells, where they are what the slot reads without any change.</summary>
    public bool TryGetDirect(int slot, out WordColumn column)
    {
        InputSlot input = _slots[slot];
        column = default;
        if (_valueColumns[slot] < 0 || input.Kind == InputKind.Quality || _pools[slot] is not null)
        {
            return false;
        }

        if (input.Kind == InputKind.UsableField && !_reader.Column(_statusColumns[slot]).IsAbsent)
        {
            return false;
        }

        ColumnChunk chunk = _reader.Column(_valueColumns[slot]);
        column = new WordColumn(chunk.Cells, chunk.Presence, []);
        return true;
    }

    /// <summary>Loads a slot for the chosen rows of the present chunk.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="ordinal">The series the reader is at.</param>
    /// <param name="rows">The rows, ascending; empty for all.</param>
    /// <param name="rowCount">How many rows that makes.</param>
    /// <param name="target">Filled.</param>
    public void Load(int slot, int ordinal, ReadOnlySpan<int> rows, int rowCount, ColumnVector target) =>
        Load(slot, ordinal, rows, rowCount, target, _pools[slot]);

    /// <summary>Loads a slot for all rows of the present chunk, once; its texts are valid until the next
    /// chunk.</summary>
    public void LoadForFilter(int slot, int ordinal, int rowCount, ColumnVector target)
    {
        if (_filterPools[slot] is { SizeBytes: > FilterTextsBytesMax } full)
        {
            _context.Charge(-full.SizeBytes);
            _filterPools[slot] = new TextPool();
        }

        Load(slot, ordinal, [], rowCount, target, _filterPools[slot]);
    }

    private void Load(
        int slot,
        int ordinal,
        ReadOnlySpan<int> rows,
        int rowCount,
        ColumnVector target,
        TextPool? pool)
    {
        target.EnsureCapacity(rowCount);
        target.ClearNulls();
        switch (_slots[slot].Kind)
        {
            case InputKind.Time:
                Gather(System.Runtime.InteropServices.MemoryMarshal.Cast<long, ulong>(
                    _reader.TimestampsNs), rows, target);
                break;
            case InputKind.Tag:
                LoadTag(slot, ordinal, rowCount, target);
                break;
            default:
                LoadField(slot, rows, rowCount, target, pool);
                break;
        }
    }

    private static int Use(List<ColumnKey> keys, ColumnKey key)
    {
        int index = keys.IndexOf(key);
        if (index < 0)
        {
            index = keys.Count;
            keys.Add(key);
        }

        return index;
    }

    private static void Gather(ReadOnlySpan<ulong> source, ReadOnlySpan<int> rows, ColumnVector target)
    {
        if (rows.IsEmpty)
        {
            source.CopyTo(target.Words);
            return;
        }

        ulong[] words = target.Words;
        for (int i = 0; i < rows.Length; i++)
        {
            words[i] = source[rows[i]];
        }
    }

    private void LoadTag(int slot, int ordinal, int rowCount, ColumnVector target)
    {
        target.Texts = _tags.GetTexts(slot);
        int id = _tags.GetValueId(slot, ordinal);
        if (id < 0)
        {
            target.SetAllNull();
            return;
        }

        target.Words.AsSpan(0, rowCount).Fill((ulong)id);
    }

    private void LoadField(
        int slot, ReadOnlySpan<int> rows, int rowCount, ColumnVector target, TextPool? pool)
    {
        target.Texts = pool is null ? [] : pool;
        ColumnChunk chunk = _reader.Column(_valueColumns[slot]);
        if (_slots[slot].Kind == InputKind.Quality)
        {
            LoadQuality(slot, chunk, rows, rowCount, target);
            return;
        }

        if (chunk.IsAbsent)
        {
            target.SetAllNull();
            return;
        }

        if (!chunk.Presence.IsEmpty)
        {
            for (int i = 0; i < rowCount; i++)
            {
                if (!chunk.IsPresent(rows.IsEmpty ? i : rows[i]))
                {
                    target.SetNull(i);
                }
            }
        }

        if (pool is not null)
        {
            LoadTexts(chunk, pool, rows, rowCount, target);
            pool.ChargeGrowth(_context);
        }
        else
        {
            Gather(chunk.Cells, rows, target);
        }

        if (_slots[slot].Kind == InputKind.UsableField)
        {
            HideBad(slot, rows, rowCount, target);
        }
    }

    private static void LoadTexts(
        ColumnChunk chunk, TextPool pool, ReadOnlySpan<int> rows, int rowCount, ColumnVector target)
    {
        for (int i = 0; i < rowCount; i++)
        {
            if (!target.IsNull(i))
            {
                ulong cell = chunk.Cells[rows.IsEmpty ? i : rows[i]];
                target.Words[i] = (ulong)pool.Intern(TextSpan.FromCell(cell).In(chunk.Texts));
            }
        }
    }

    /// <summary>A null that was sent has a status (Bad_NoData) and no value; where nothing was sent there is
    /// neither, and the quality is NULL.</summary>
    private void LoadQuality(
        int slot, ColumnChunk value, ReadOnlySpan<int> rows, int rowCount, ColumnVector target)
    {
        ColumnChunk status = _reader.Column(_statusColumns[slot]);
        for (int i = 0; i < rowCount; i++)
        {
            int row = rows.IsEmpty ? i : rows[i];
            if (status.IsPresent(row))
            {
                target.Words[i] = (ulong)new StatusCode((uint)status.Cells[row]).Quality;
            }
            else if (value.IsPresent(row))
            {
                target.Words[i] = (ulong)Quality.Good;
            }
            else
            {
                target.SetNull(i);
            }
        }
    }

    private void HideBad(int slot, ReadOnlySpan<int> rows, int rowCount, ColumnVector target)
    {
        ColumnChunk status = _reader.Column(_statusColumns[slot]);
        if (status.IsAbsent)
        {
            return;
        }

        for (int i = 0; i < rowCount; i++)
        {
            int row = rows.IsEmpty ? i : rows[i];
            if (status.IsPresent(row) && (status.Cells[row] & BadBit) != 0)
            {
                target.SetNull(i);
            }
        }
    }
}
