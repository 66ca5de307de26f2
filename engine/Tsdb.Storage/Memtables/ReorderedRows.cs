using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// Copies the rows of a tail that came out of order, no instant twice: as two senders at once make them. Each
/// column is decoded in the order of arrival and then put in the order of time, so that no row is looked at
/// by itself. Where late rows are only a few places late they are moved there; else all rows are sorted.
/// </summary>
/// <remarks>Reusable; one thread.</remarks>
internal sealed class ReorderedRows(OrderedRows columns)
{
    // Places that rows may move on average before a sort is cheaper.
    private const int MoveDistanceMean = 4;

    private readonly List<(int From, int To)> _moves = [];
    private readonly SeriesRows _arrived = new();
    private readonly RowOrder _order = new();

    /// <summary>Fills an empty <paramref name="target"/>; false, and nothing done, when an instant comes
    /// twice.</summary>
    public bool TryCopy(TailCopy tail, TimeRange range, ReadOnlySpan<ColumnKey> wanted, SeriesRows target)
    {
        columns.CopyAround(tail, range, wanted, target);
        if (TryMove(target, range))
        {
            return true;
        }

        target.Clear();
        columns.CopyAround(tail, range, wanted, _arrived);
        _order.Clear();
        ReadOnlySpan<long> timestampsNs = _arrived.TimestampsNs.AsSpan(0, _arrived.RowCount);
        for (int row = 0; row < timestampsNs.Length; row++)
        {
            if (range.Contains(timestampsNs[row]))
            {
                _order.Add(new RowReference(timestampsNs[row], (uint)row, row, tail.Shape.Index));
            }
        }

        _order.Sort();
        ReadOnlySpan<RowReference> order = _order.Rows;
        for (int row = 1; row < order.Length; row++)
        {
            if (order[row - 1].TimestampNs == order[row].TimestampNs)
            {
                return false;
            }
        }

        Permute(order, target);
        return true;
    }

    /// <summary>
    /// Moves late rows to their places; false, and the rows as good as lost, when there is a cheaper way, an
    /// instant comes twice or a row is outside the range.
    /// </summary>
    private bool TryMove(SeriesRows rows, TimeRange range)
    {
        Span<long> timestampsNs = rows.TimestampsNs.AsSpan(0, rows.RowCount);
        if (!TryPlan(timestampsNs)
            || (!timestampsNs.IsEmpty
                && !(range.Contains(timestampsNs[0]) && range.Contains(timestampsNs[^1]))))
        {
            return false;
        }

        foreach (RowColumn column in rows.ColumnSpan)
        {
            Span<ulong> cells = column.Cells.AsSpan(0, rows.RowCount);
            foreach ((int from, int to) in CollectionsMarshal.AsSpan(_moves))
            {
                ulong late = cells[from];
                for (int row = from; row > to; row--)
                {
                    cells[row] = cells[row - 1];
                }

                cells[to] = late;
            }
        }

        return true;
    }

    /// <summary>Puts the instants in order and notes what was moved, one move after the other.</summary>
    private bool TryPlan(Span<long> timestampsNs)
    {
        _moves.Clear();
        int distanceLeft = timestampsNs.Length * MoveDistanceMean;
        for (int row = 1; row < timestampsNs.Length; row++)
        {
            long late = timestampsNs[row];
            int to = row;
            while (to > 0 && timestampsNs[to - 1] >= late)
            {
                if (timestampsNs[to - 1] == late || distanceLeft-- == 0)
                {
                    return false;
                }

                timestampsNs[to] = timestampsNs[to - 1];
                to--;
            }

            if (to < row)
            {
                timestampsNs[to] = late;
                _moves.Add((row, to));
            }
        }

        return true;
    }

    private void Permute(ReadOnlySpan<RowReference> order, SeriesRows target)
    {
        target.EnsureCapacity(order.Length);
        target.RowCount = order.Length;
        Span<long> timestampsNs = target.TimestampsNs.AsSpan(0, order.Length);
        for (int row = 0; row < timestampsNs.Length; row++)
        {
            timestampsNs[row] = order[row].TimestampNs;
        }

        // Text cells are places in this memory, whichever row they are in.
        target.Texts.Append(_arrived.Texts.Span);
        foreach (RowColumn source in _arrived.ColumnSpan)
        {
            ReadOnlySpan<ulong> arrived = source.Cells.AsSpan(0, _arrived.RowCount);
            Span<ulong> cells = target.AddColumn(source.Key, source.Type).Cells.AsSpan(0, order.Length);
            for (int row = 0; row < cells.Length; row++)
            {
                cells[row] = arrived[order[row].Word];
            }
        }
    }
}
