using Tsdb.Core;
using Tsdb.Query.Operators.Aggregates;
using Tsdb.Query.Planning;
using Tsdb.Query.Scan;
using Tsdb.Storage;

namespace Tsdb.Query.Operators;

/// <summary>
/// LATEST ON: of each partition the latest row that passes the filter. Reads every series from its end and
/// stops at its first hit; a value that is the last of a whole block comes from the block's statistics.
/// </summary>
internal sealed class LatestSource : RowSource
{
    private readonly ScanPlan _plan;
    private readonly StorageSnapshot _snapshot;
    private readonly IReadOnlyList<int> _tagKeys;
    private readonly int[] _usedSlots;
    private readonly TagColumns _tags;
    private readonly QueryContext _context;
    private readonly ChunkScanner _scanner;
    private readonly RowStore _store;
    private readonly RowBlock _block;
    private readonly List<long> _latestNs = [];
    private int[]? _order;
    private int _next;

    public LatestSource(
        ScanPlan plan,
        IReadOnlyList<int> tagKeys,
        IEnumerable<int> usedSlots,
        StorageSnapshot snapshot,
        QueryContext context)
    {
        _plan = plan;
        _snapshot = snapshot;
        _tagKeys = tagKeys;
        _usedSlots = [.. usedSlots];
        _context = context;
        _tags = new TagColumns(snapshot.FindTags(plan.Table), plan.Slots, context);
        _scanner = new ChunkScanner(plan, _tags, snapshot, context);
        _store = new RowStore(context);
        _block = RowBlock.Create([.. plan.Slots.Select(slot => slot.Type)]);
        _store.BeginColumns(_block.Columns);
    }

    public override RowBlock Current => _block;

    public override bool MoveNext()
    {
        _order ??= Run();
        if (_next >= _order.Length)
        {
            return false;
        }

        _next += _store.Emit(_order, _next, _block);
        return true;
    }

    public override void Dispose() => _scanner.Dispose();

    private int[] Run()
    {
        GroupTable partitions = new(_tagKeys.Count);
        ulong[] key = new ulong[_tagKeys.Count];
        foreach (int ordinal in SeriesSelection.Choose(_plan, _tags, _snapshot, _context))
        {
            ulong nulls = 0;
            for (int i = 0; i < key.Length; i++)
            {
                string name = _plan.Table.TagKeys[_tagKeys[i]];
                int tagKey = _tags.Index.FindTagKey(name);
                int id = tagKey < 0 ? -1 : _tags.Index.GetValueId(tagKey, ordinal);
                key[i] = id < 0 ? 0 : (ulong)id;
                nulls |= id < 0 ? 1UL << i : 0;
            }

            // Only what is later than the partition's latest so far can change anything.
            int known = partitions.Count;
            _scanner.Open(ordinal, _plan.Filter.Range, isDescending: true);
            if (_scanner.MoveNext())
            {
                Take(partitions.FindOrAdd(key, nulls), known);
            }
        }

        return Enumerable.Range(0, _store.RowCount).ToArray();
    }

    private void Take(int partition, int known)
    {
        bool isLastRow = _scanner.IsUnfiltered;
        long timestampNs = isLastRow ? _scanner.LastTimestampNs : _scanner.TimestampsNs[^1];
        if (partition == known)
        {
            _store.AddRow();
            _latestNs.Add(timestampNs);
        }
        else if (timestampNs <= _latestNs[partition])
        {
            return;
        }

        _latestNs[partition] = timestampNs;
        foreach (int slot in _usedSlots)
        {
            TakeSlot(slot, partition, timestampNs);
        }
    }

    private void TakeSlot(int slot, int row, long timestampNs)
    {
        ColumnVector target = _store.Columns[slot];
        InputSlot input = _plan.Slots[slot];
        target.SetValid(row);
        if (input.Kind == InputKind.Time)
        {
            target.Longs[row] = timestampNs;
            return;
        }

        if (input.Kind == InputKind.Field
            && input.Type != ResultType.String
            && _scanner.TryGetStatistics(slot, out ColumnStatistics statistics)
            && statistics.PresentCount > 0
            && statistics.LastTimestampNs == timestampNs)
        {
            target.Words[row] = statistics.Last;
            return;
        }

        _scanner.Load(slot);
        ColumnVector source = _scanner.Vectors[slot];
        int last = _scanner.RowCount - 1;
        target.Texts = source.Texts;
        target.Words[row] = source.Words[last];
        if (source.IsNull(last))
        {
            target.SetNull(row);
        }
    }
}
