using Tsdb.Core;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Whether statistics of a column's cells answer queries rightly: only of values, and only where every value
/// of the block is Good and unrepaired, since readers leave out or replace the others.
/// </summary>
internal static class StatisticsRule
{
    public static bool MayHaveStatistics(SeriesRows rows, RowColumn column, int firstRow, int rowCount)
    {
        if (column.Key.Kind != CellKind.Value)
        {
            return false;
        }

        int repaired = rows.FindColumn(new ColumnKey(column.Key.ColumnId, CellKind.Repaired));
        if (repaired >= 0 && rows.ColumnSpan[repaired].CountPresent(firstRow, rowCount) > 0)
        {
            return false;
        }

        int status = rows.FindColumn(new ColumnKey(column.Key.ColumnId, CellKind.Status));
        return status < 0 || IsAllGood(rows.ColumnSpan[status], firstRow, rowCount);
    }

    private static bool IsAllGood(RowColumn status, int firstRow, int rowCount)
    {
        for (int row = firstRow; row < firstRow + rowCount; row++)
        {
            StatusCode code = new((uint)status.Cells[row]);
            if (status.IsPresent(row) && code.Quality != Quality.Good)
            {
                return false;
            }
        }

        return true;
    }
}
