using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Storage.Segments.Merging;

/// <summary>
/// The columns of a merge: the union of the runs' columns, and where each run has its part. Copies rows that
/// stand alone and folds rows that meet at one timestamp.
/// </summary>
/// <remarks>
/// Folding, older to newer, column by column: a row that carries the column's value replaces value, status,
/// findings and repaired value together, the ones it does not carry becoming absent; a row that carries only
/// some of the last three (a patch) replaces just those. The cells of the row itself come all from the newest
/// row that has any. An Int64 column that is Float64 in another run is widened. Reusable; not thread safe.
/// </remarks>
internal sealed class MergeColumns
{
    private readonly List<int> _groupStarts = [];
    private RowColumn?[] _sources = [];
    private ulong[] _textBases = [];
    private ByteSlab?[] _copiedTexts = [];
    private SeriesRows? _target;
    private int _columnCount;

    private SeriesRows Target => _target!;

    /// <summary>
    /// Clears the target and gives it the union of the runs' columns, room for all rows, and all texts.
    /// </summary>
    public void Open(ReadOnlySpan<RunPart> runs, SeriesRows target)
    {
        _target = target;
        target.Clear();
        int rowCount = 0;
        foreach (RunPart run in runs)
        {
            Invariant.Holds(run.Rows != target);
            rowCount = checked(rowCount + run.RowCount);
            ReadOnlySpan<RowColumn> columns = run.Rows.ColumnSpan;
            for (int i = 0; i < columns.Length; i++)
            {
                AddColumn(runs, target, columns[i].Key, i);
            }
        }

        target.EnsureCapacity(rowCount);
        _columnCount = target.ColumnSpan.Length;
        FindGroups();
        FindSources(runs);
    }

    /// <summary>Appends rows of one run as they are.</summary>
    public void Copy(SeriesRows source, int run, int firstRow, int rowCount)
    {
        int targetRow = Target.RowCount;
        source.TimestampsNs.AsSpan(firstRow, rowCount).CopyTo(Target.TimestampsNs.AsSpan(targetRow));
        for (int column = 0; column < _columnCount; column++)
        {
            CopyColumn(SourceOf(run, column), column, run, firstRow, targetRow, rowCount);
        }

        Target.RowCount = targetRow + rowCount;
    }

    /// <summary>Appends one row made of rows with the same timestamp.</summary>
    /// <param name="timestampNs">Their timestamp.</param>
    /// <param name="rows">At least one, older to newer.</param>
    public void Fold(long timestampNs, ReadOnlySpan<MergeRow> rows)
    {
        int targetRow = Target.RowCount;
        Target.TimestampsNs[targetRow] = timestampNs;
        for (int group = 0; group < _groupStarts.Count - 1; group++)
        {
            int firstColumn = _groupStarts[group];
            int endColumn = _groupStarts[group + 1];
            if (Target.ColumnSpan[firstColumn].Key.ColumnId == ColumnKey.RowColumnId)
            {
                int newest = Math.Max(0, FindNewest(rows, firstColumn, endColumn));
                FoldCells(rows.Slice(newest, 1), firstColumn, endColumn, targetRow);
            }
            else
            {
                FoldColumn(rows, firstColumn, endColumn, targetRow);
            }
        }

        Target.RowCount = targetRow + 1;
    }

    /// <summary>Folds what the rows say of one column; its keys stand together, the value first.</summary>
    private void FoldColumn(ReadOnlySpan<MergeRow> rows, int firstColumn, int endColumn, int targetRow)
    {
        int value = FindKind(firstColumn, endColumn, CellKind.Value);
        int status = FindKind(firstColumn, endColumn, CellKind.Status);
        int newestValue = value < 0 ? -1 : FindNewest(rows, value, value + 1);
        int newestNull = status < 0 ? -1 : FindNewestNull(rows, value, status);
        ReadOnlySpan<MergeRow> layers = rows[Math.Max(0, Math.Max(newestValue, newestNull))..];
        FoldCells(layers, firstColumn, endColumn, targetRow);
        if (newestNull > newestValue)
        {
            FoldCells(layers[..1], status, status + 1, targetRow);
        }
    }

    private int FindKind(int firstColumn, int endColumn, CellKind kind)
    {
        for (int column = firstColumn; column < endColumn; column++)
        {
            if (Target.ColumnSpan[column].Key.Kind == kind)
            {
                return column;
            }
        }

        return -1;
    }

    /// <summary>The place in <paramref name="rows"/> of the newest that says there is no value, or
    /// -1.</summary>
    private int FindNewestNull(ReadOnlySpan<MergeRow> rows, int value, int status)
    {
        for (int i = rows.Length - 1; i >= 0; i--)
        {
            (int run, int row) = (rows[i].Run, rows[i].Row);
            RowColumn? source = SourceOf(run, status);
            if (source?.IsPresent(row) == true
                && source.Cells[row] == StatusCode.BadNoData.Value
                && (value < 0 || SourceOf(run, value)?.IsPresent(row) != true))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Adds a column; runs of one series mostly have the same, each at the same place.</summary>
    private static void AddColumn(
        ReadOnlySpan<RunPart> runs, SeriesRows target, ColumnKey key, int expected)
    {
        if (target.FindColumn(key, expected) >= 0)
        {
            return;
        }

        ColumnType type = ColumnType.None;
        foreach (RunPart run in runs)
        {
            int index = run.Rows.FindColumn(key, expected);
            if (index >= 0)
            {
                type = Widen(type, run.Rows.ColumnSpan[index].Type);
            }
        }

        target.AddColumn(key, type);
    }

    private static ColumnType Widen(ColumnType left, ColumnType right)
    {
        if (left == ColumnType.None || left == right)
        {
            return right;
        }

        Invariant.Holds(left is ColumnType.Int64 or ColumnType.Float64);
        Invariant.Holds(right is ColumnType.Int64 or ColumnType.Float64);
        return ColumnType.Float64;
    }

    /// <summary>Keys ascend, so what is said of one column stands together, its value first.</summary>
    private void FindGroups()
    {
        _groupStarts.Clear();
        int previousId = -1;
        for (int column = 0; column < _columnCount; column++)
        {
            int columnId = Target.ColumnSpan[column].Key.ColumnId;
            if (columnId != previousId)
            {
                _groupStarts.Add(column);
                previousId = columnId;
            }
        }

        _groupStarts.Add(_columnCount);
    }

    private void FindSources(ReadOnlySpan<RunPart> runs)
    {
        int slotCount = runs.Length * _columnCount;
        if (_sources.Length < slotCount)
        {
            _sources = new RowColumn?[Math.Max(slotCount, _sources.Length * 2)];
        }

        if (_textBases.Length < runs.Length)
        {
            _textBases = new ulong[runs.Length];
            _copiedTexts = new ByteSlab?[runs.Length];
        }

        for (int run = 0; run < runs.Length; run++)
        {
            bool hasText = false;
            for (int column = 0; column < _columnCount; column++)
            {
                int index = runs[run].Rows.FindColumn(Target.ColumnSpan[column].Key, column);
                RowColumn? source = index < 0 ? null : runs[run].Rows.ColumnSpan[index];
                _sources[(run * _columnCount) + column] = source;
                hasText |= source?.Type == ColumnType.String;
            }

            // Of a part only the texts that are in it are taken: the run may be long and its parts many.
            _textBases[run] = (ulong)Target.Texts.SizeBytes << 32;
            _copiedTexts[run] = runs[run].IsWhole ? null : runs[run].Rows.Texts;
            if (hasText && runs[run].IsWhole)
            {
                Target.Texts.Append(runs[run].Rows.Texts.Span);
            }
        }
    }

    private RowColumn? SourceOf(int run, int column) => _sources[(run * _columnCount) + column];

    private void CopyColumn(
        RowColumn? source, int column, int run, int firstRow, int targetRow, int rowCount)
    {
        RowColumn target = Target.ColumnSpan[column];
        if (source is null)
        {
            target.SetAbsent(targetRow, rowCount);
            return;
        }

        Span<ulong> cells = target.Cells.AsSpan(targetRow, rowCount);
        source.Cells.AsSpan(firstRow, rowCount).CopyTo(cells);
        target.CopyPresence(source, firstRow, targetRow, rowCount);
        if (source.Type == ColumnType.String && _copiedTexts[run] is { } slab)
        {
            CopyTexts(slab, target, targetRow, rowCount);
        }
        else if (source.Type == ColumnType.String && _textBases[run] != 0)
        {
            foreach (ref ulong cell in cells)
            {
                cell += _textBases[run];
            }
        }
        else if (source.Type != target.Type)
        {
            Span<double> doubles = MemoryMarshal.Cast<ulong, double>(cells);
            for (int i = 0; i < cells.Length; i++)
            {
                doubles[i] = (long)cells[i];
            }
        }
    }

    private void CopyTexts(ByteSlab slab, RowColumn target, int targetRow, int rowCount)
    {
        for (int row = targetRow; row < targetRow + rowCount; row++)
        {
            if (target.IsPresent(row))
            {
                ReadOnlySpan<byte> text = TextSpan.FromCell(target.Cells[row]).In(slab.Span);
                target.Cells[row] = Target.Texts.Append(text).ToCell();
            }
        }
    }

    /// <summary>
    /// The place in <paramref name="rows"/> of the newest that has a cell in these columns, or -1.
    /// </summary>
    private int FindNewest(ReadOnlySpan<MergeRow> rows, int firstColumn, int endColumn)
    {
        for (int i = rows.Length - 1; i >= 0; i--)
        {
            for (int column = firstColumn; column < endColumn; column++)
            {
                if (SourceOf(rows[i].Run, column)?.IsPresent(rows[i].Row) == true)
                {
                    return i;
                }
            }
        }

        return -1;
    }

    private void FoldCells(ReadOnlySpan<MergeRow> rows, int firstColumn, int endColumn, int targetRow)
    {
        for (int column = firstColumn; column < endColumn; column++)
        {
            FoldCell(rows, column, targetRow);
        }
    }

    /// <summary>The newest cell wins.</summary>
    private void FoldCell(ReadOnlySpan<MergeRow> rows, int column, int targetRow)
    {
        int newest = FindNewest(rows, column, column + 1);
        if (newest < 0)
        {
            Target.ColumnSpan[column].SetAbsent(targetRow);
            return;
        }

        MergeRow row = rows[newest];
        CopyColumn(SourceOf(row.Run, column), column, row.Run, row.Row, targetRow, rowCount: 1);
    }
}
