using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Memtables;

/// <summary>Brings the rows of one series of a memtable into time order, versions of one row folded into
/// one.</summary>
/// <remarks>Reusable; one thread. The memtable is kept alive by the caller.</remarks>
internal sealed class MemtableSeriesReader(Arena arena, RowShapes shapes)
{
    private readonly TailCopy _tail = new(arena, shapes);
    private readonly OrderedRows _ordered = new(arena);
    private readonly UnorderedRows _unordered = new(arena, shapes);
    private ReorderedRows? _reordered;

    /// <summary>Fills <paramref name="target"/> with the rows inside the range; false when there are
    /// none.</summary>
    /// <param name="shard">The series' shard.</param>
    /// <param name="place">The series' place in it.</param>
    /// <param name="range">Which rows.</param>
    /// <param name="wanted">Which cells, ascending; empty for all.</param>
    /// <param name="target">What it held is gone.</param>
    public bool Collect(
        MemtableShard shard, int place, TimeRange range, ReadOnlySpan<ColumnKey> wanted, SeriesRows target)
    {
        uint tail = shard.FirstTail(place);
        if (tail == 0 || range.IsEmpty)
        {
            target.Clear();
            return false;
        }

        _tail.Take(tail);
        uint next = TailLayout.Low(arena.At(tail));
        if (next == 0 && _tail.IsOrdered)
        {
            _ordered.Copy(_tail, range, wanted, target);
            return target.RowCount > 0;
        }

        target.Clear();
        _reordered ??= new ReorderedRows(_ordered);
        if (next == 0 && _reordered.TryCopy(_tail, range, wanted, target))
        {
            return target.RowCount > 0;
        }

        _unordered.Clear();
        _unordered.Add(_tail, range, wanted, target);
        while (next != 0)
        {
            _tail.Take(next);
            _unordered.Add(_tail, range, wanted, target);
            next = TailLayout.Low(arena.At(next));
        }

        _unordered.Fold(target);
        return target.RowCount > 0;
    }
}
