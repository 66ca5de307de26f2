using Tsdb.Core;

namespace Tsdb.Storage.Segments.Merging;

/// <summary>Appends decoded blocks of one segment to a run of rows, for merging. Reusable; one
/// thread.</summary>
internal sealed class BlockLoader
{
    private readonly ulong[] _cells = new ulong[SegmentBlock.MaxRowCount];
    private readonly ulong[] _presence = new ulong[SegmentBlock.MaxRowCount / 64];

    /// <param name="blocks">The series' blocks in one segment.</param>
    /// <param name="block">Which one; later than those appended before.</param>
    /// <param name="wanted">Columns to load, ascending.</param>
    /// <param name="run">Gets the rows.</param>
    public void Append(SeriesBlocks blocks, int block, ReadOnlySpan<ColumnKey> wanted, SeriesRows run)
    {
        int firstRow = run.RowCount;
        int rowCount = blocks.GetRowCount(block);
        run.EnsureCapacity(firstRow + rowCount);
        blocks.ReadTimestamps(block, run.TimestampsNs.AsSpan(firstRow));
        foreach (RowColumn column in run.ColumnSpan)
        {
            column.SetAbsent(firstRow, rowCount);
        }

        for (int i = 0; i < wanted.Length; i++)
        {
            int column = blocks.FindColumn(wanted[i], i);
            if (column >= 0 && blocks.GetPresentCount(block, column) > 0)
            {
                AppendColumn(blocks, block, column, i, rowCount, run);
            }
        }

        run.RowCount = firstRow + rowCount;
    }

    private void AppendColumn(
        SeriesBlocks blocks, int block, int column, int expected, int rowCount, SeriesRows run)
    {
        ColumnLayout layout = blocks.GetColumn(column);
        int index = run.FindColumn(layout.Key, expected);
        RowColumn target;
        if (index >= 0)
        {
            target = run.Columns[index];
        }
        else
        {
            target = run.AddColumn(layout.Key, layout.Type);
            target.SetAbsent(0, run.RowCount);
        }

        // Within one segment a column has one type.
        Invariant.Holds(target.Type == layout.Type);
        int presentCount = blocks.ReadColumn(block, column, _cells, _presence, run.Texts);
        _cells.AsSpan(0, rowCount).CopyTo(target.Cells.AsSpan(run.RowCount));
        if (presentCount == rowCount)
        {
            target.SetPresent(run.RowCount, rowCount);
        }
        else
        {
            target.SetPresence(run.RowCount, rowCount, _presence);
        }
    }
}
