namespace Tsdb.Storage.Segments;

/// <summary>Takes whole series out of a segment, for compaction, export and checks.</summary>
internal static class SegmentRows
{
    /// <summary>Replaces <paramref name="target"/> by all rows that the segment has of a series.</summary>
    public static void Read(
        SegmentReader segment, in SeriesEntry series, SeriesBlocks blocks, SeriesRows target)
    {
        blocks.Open(segment, series);
        int rowCount = checked((int)series.RowCount);
        target.Clear();
        target.EnsureCapacity(rowCount);
        for (int column = 0; column < blocks.ColumnCount; column++)
        {
            ColumnLayout layout = blocks.GetColumn(column);
            target.AddColumn(layout.Key, layout.Type);
        }

        Span<ulong> presence = stackalloc ulong[SegmentBlock.BitmapWordCount];
        int firstRow = 0;
        for (int block = 0; block < blocks.BlockCount; block++)
        {
            int blockRowCount = blocks.GetRowCount(block);
            target.EnsureCapacity(firstRow + blockRowCount);
            blocks.ReadTimestamps(block, target.TimestampsNs.AsSpan(firstRow));
            firstRow += blockRowCount;
        }

        target.RowCount = firstRow;
        for (int column = 0; column < blocks.ColumnCount; column++)
        {
            firstRow = 0;
            RowColumn cells = target.ColumnSpan[column];
            for (int block = 0; block < blocks.BlockCount; block++)
            {
                int blockRowCount = blocks.GetRowCount(block);
                Span<ulong> blockCells = cells.Cells.AsSpan(firstRow, blockRowCount);
                int presentCount = blocks.ReadColumn(block, column, blockCells, presence, target.Texts);
                if (presentCount < blockRowCount)
                {
                    cells.SetPresence(firstRow, blockRowCount, presence);
                }

                firstRow += blockRowCount;
            }
        }
    }
}
