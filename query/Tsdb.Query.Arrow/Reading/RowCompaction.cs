using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>
/// Brings columns that were decoded with a cell for every row into their final form: without refused rows,
/// without cells for nulls, and with a status where a value is missing or is no number.
/// </summary>
internal readonly struct RowCompaction(RowFilter filter, int rowCount)
{
    /// <summary>Drops refused rows from the arrays of the rows themselves, and numbers the lines.</summary>
    public void KeepRows(TableRows rows, int firstLineNumber)
    {
        int[] lines = rows.LineNumbers;
        if (filter.RefusedCount == 0)
        {
            for (int row = 0; row < rowCount; row++)
            {
                lines[row] = firstLineNumber + row;
            }

            return;
        }

        for (int row = 0; row < rowCount; row++)
        {
            int place = filter.PlaceOf(row);
            if (place >= 0)
            {
                rows.TimestampsNs[place] = rows.TimestampsNs[row];
                rows.KeyIndexes[place] = rows.KeyIndexes[row];
                lines[place] = firstLineNumber + row;
            }
        }
    }

    /// <summary>Brings one column into its final form.</summary>
    /// <param name="rows">The rows; get a column for statuses if one is needed.</param>
    /// <param name="values">The column, cells for all rows in place.</param>
    /// <param name="type">The sender's type.</param>
    /// <param name="mayHaveNulls">Whether to look for nulls.</param>
    /// <param name="validity">Of the batch; texts have <see cref="ArrowTextReader.NoCell"/> instead.</param>
    /// <param name="firstRow">First row of ours within the batch.</param>
    public void KeepCells(
        TableRows rows,
        SampleColumn values,
        ArrowType type,
        bool mayHaveNulls,
        ReadOnlySpan<byte> validity,
        int firstRow)
    {
        bool isNull = type.Kind == ArrowKind.Null;
        ReadOnlySpan<ulong> cells = isNull ? [] : values.Cells.AsSpan(0, rowCount);
        bool mayBeSpecial = type.ColumnType == ColumnType.Float64 && !CellReader.AreFinite(cells);
        bool hasNulls = isNull
            || (mayHaveNulls && (!type.IsText || cells.Contains(ArrowTextReader.NoCell)));
        if (!hasNulls && !mayBeSpecial && filter.RefusedCount == 0)
        {
            values.CellCount = rowCount;
            return;
        }

        SampleColumn? status = null;
        for (int row = 0; row < rowCount; row++)
        {
            int place = filter.PlaceOf(row);
            if (place < 0)
            {
                continue;
            }

            bool isValid = !isNull && (type.IsText
                ? cells[row] != ArrowTextReader.NoCell
                : !hasNulls || ArrowColumnBuffers.IsValid(validity, firstRow + row));
            if (isValid)
            {
                // In place: never ahead of the row that is read.
                values.Append(place, cells[row]);
            }

            if (!isValid || (mayBeSpecial && !CellReader.IsFinite(cells[row])))
            {
                status ??= rows.AddColumn(values.Name, ColumnType.Int64, CellKind.Status);
                status.Append(place, StatusCode.BadNoData.Value);
            }
        }

        Close(values, rows);
        Close(status, rows);
    }

    // Cells that end before the rows do are listed with their rows.
    private static void Close(SampleColumn? column, TableRows rows)
    {
        if (column is not null && column.CellCount < rows.RowCount)
        {
            column.MakeSparse();
        }
    }
}
