namespace Tsdb.Storage.Segments.Merging;

/// <summary>Copies a stretch of one series' rows.</summary>
internal static class RowSlice
{
    public static void Copy(SeriesRows source, int firstRow, int rowCount, SeriesRows target)
    {
        target.Clear();
        target.EnsureCapacity(rowCount);
        source.TimestampsNs.AsSpan(firstRow, rowCount).CopyTo(target.TimestampsNs);
        target.RowCount = rowCount;
        if (source.Texts.SizeBytes > 0)
        {
            target.Texts.Append(source.Texts.Span);
        }

        foreach (RowColumn column in source.ColumnSpan)
        {
            if (column.CountPresent(firstRow, rowCount) == 0)
            {
                continue;
            }

            RowColumn copy = target.AddColumn(column.Key, column.Type);
            column.Cells.AsSpan(firstRow, rowCount).CopyTo(copy.Cells);
            for (int row = 0; column.Presence is not null && row < rowCount; row++)
            {
                if (!column.IsPresent(firstRow + row))
                {
                    copy.SetAbsent(row);
                }
            }
        }
    }
}
