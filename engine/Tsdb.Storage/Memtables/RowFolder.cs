using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// Folds the versions of each row, oldest first, into one, by the rule of
/// <see cref="Segments.Merging.MergeColumns"/>.
/// </summary>
internal sealed class RowFolder(Arena arena, RowShapes shapes)
{
    /// <summary>Adds the wanted columns of a shape that are not there yet; a float column takes integers
    /// in.</summary>
    public static void AddColumns(RowShape shape, ReadOnlySpan<ColumnKey> wanted, SeriesRows target)
    {
        for (int i = 0; i < shape.Keys.Length; i++)
        {
            ColumnKey key = shape.Keys[i];
            if (!wanted.IsEmpty && wanted.BinarySearch(key) < 0)
            {
                continue;
            }

            int index = target.FindColumn(key);
            if (index < 0)
            {
                target.AddColumn(key, shape.Types[i]);
            }
            else if (target.Columns[index].Type == ColumnType.Int64 && shape.Types[i] == ColumnType.Float64)
            {
                target.Columns[index].Widen();
            }
        }
    }

    /// <summary>Appends the rows, which come by time and then by arrival, to
    /// <paramref name="target"/>.</summary>
    /// <param name="rows">The rows, with the places of their words.</param>
    /// <param name="words">The words.</param>
    /// <param name="target">Has the columns.</param>
    public void Fold(ReadOnlySpan<RowReference> rows, ReadOnlySpan<ulong> words, SeriesRows target)
    {
        foreach (ref readonly RowReference row in rows)
        {
            RowShape shape = shapes[row.Shape];
            ReadOnlySpan<ulong> cells = words
                .Slice(row.Word, shape.StrideWordCount)[RowShape.HeaderWordCount..];
            int last = target.RowCount - 1;
            if (last >= 0 && target.TimestampsNs[last] == row.TimestampNs)
            {
                ForgetReplaced(shape, cells, last, target);
            }
            else
            {
                last = target.RowCount++;
                target.TimestampsNs[last] = row.TimestampNs;
                for (int i = 0; i < target.Columns.Count; i++)
                {
                    target.Columns[i].SetAbsent(last);
                }
            }

            CopyCells(shape, cells, last, target);
        }
    }

    private void CopyCells(RowShape shape, ReadOnlySpan<ulong> cells, int into, SeriesRows target)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            int index = target.FindColumn(shape.Keys[i]);
            if (index < 0 || (shape.Keys[i].Kind == CellKind.Status && IsNull(index, into, target)))
            {
                continue;
            }

            RowColumn column = target.Columns[index];
            column.SetPresent(into);
            column.Cells[into] = (shape.Types[i], column.Type) switch
            {
                (ColumnType.String, _) => ArenaText.CopyTo(arena, cells[i], target.Texts).ToCell(),
                (ColumnType.Int64, ColumnType.Float64) => BitConverter.DoubleToUInt64Bits((long)cells[i]),
                _ => cells[i],
            };
        }
    }

    /// <summary>Whether what is there is a null, which no patch can make anything else.</summary>
    private static bool IsNull(int statusIndex, int row, SeriesRows target)
    {
        RowColumn status = target.Columns[statusIndex];
        if (!status.IsPresent(row) || status.Cells[row] != StatusCode.BadNoData.Value)
        {
            return false;
        }

        int value = target.FindColumn(ColumnKey.ValueOf(status.Key.ColumnId));
        return value < 0 || !target.Columns[value].IsPresent(row);
    }

    /// <summary>A value, an explicit null (status Bad_NoData alone) and a row cell replace; a patch does
    /// not.</summary>
    private static void ForgetReplaced(RowShape shape, ReadOnlySpan<ulong> cells, int into, SeriesRows target)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            ColumnKey key = shape.Keys[i];
            bool isNull = key.Kind == CellKind.Status && cells[i] == StatusCode.BadNoData.Value;
            if (key.Kind != CellKind.Value && !isNull && key.ColumnId != ColumnKey.RowColumnId)
            {
                continue;
            }

            foreach (RowColumn column in target.ColumnSpan)
            {
                if (column.Key.ColumnId == key.ColumnId)
                {
                    column.SetAbsent(into);
                }
            }
        }
    }
}
