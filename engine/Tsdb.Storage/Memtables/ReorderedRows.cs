using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// Copies the rows of a tail that came out of order, no instant twice: as two senders at once make them. Each
/// column is decoded in the order of arrival and then put in the order of time, so that no row is looked at
/// by itself.
/// </summary>
/// <remarks>Reusable; one thread.</remarks>
internal sealed class ReorderedRows(OrderedRows columns)
{
    private readonly SeriesRows _arrived = new();
    private readonly RowOrder _order = new();

    /// <summary>Fills an empty <paramref name="target"/>; false, and nothing done, when an instant comes
    /// twice.</summary>
    public bool TryCopy(TailCopy tail, TimeRange range, ReadOnlySpan<ColumnKey> wanted, SeriesRows target)
    {
        _arrived.Clear();
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
