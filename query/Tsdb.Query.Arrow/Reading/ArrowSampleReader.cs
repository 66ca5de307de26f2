using System.Text;
using Apache.Arrow;
using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>
/// Turns a sender's record batches into sample batches. A null is an absent value with status Bad_NoData; NaN
/// and infinities are kept bit for bit with that status; rows without a usable time are refused.
/// </summary>
/// <remarks>One thread; reusable for all batches of one stream.</remarks>
public sealed class ArrowSampleReader(ArrowColumnPlan plan, Schema schema)
{
    // As the storage's own limits; here so that nothing is copied which it will refuse.
    internal const int StringSizeBytesMax = 64 << 10;
    internal const int TagValueSizeBytesMax = 1024;

    private const ulong ExponentMask = 0x7FF0_0000_0000_0000;
    private const ulong NoCell = ulong.MaxValue;

    private readonly RowFilter _filter = new();
    private readonly SeriesKeyTable _keys = new();
    private int[] _targetRows = [];

    /// <summary>
    /// Row counts of the slices in which to read a batch, so that each takes bounded memory however few bytes
    /// the sender spent on it.
    /// </summary>
    /// <param name="batch">Of the schema given at construction.</param>
    /// <exception cref="ArrowInputException">The batch is malformed.</exception>
    public IReadOnlyList<int> PlanSlices(RecordBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CheckLengths(batch);
        return RowSlices.Plan(plan, batch, schema);
    }

    /// <summary>Reads one batch, or a slice of one.</summary>
    /// <param name="batch">Of the schema given at construction. Not kept.</param>
    /// <param name="firstLineNumber">Number of its first row within the request, from 1.</param>
    /// <param name="target">Cleared and filled.</param>
    /// <param name="rejects">Gets the refused rows.</param>
    /// <exception cref="ArrowInputException">The batch is malformed; nothing of it may be stored.</exception>
    public void Read(RecordBatch batch, int firstLineNumber, SampleBatch target, RejectLog rejects)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(rejects);
        CheckLengths(batch);
        int rowCount = batch.Length;
        target.Clear();
        _filter.Reset(rowCount);
        ulong[] times = ReadTimes(batch.Column(plan.TimeColumn).Data);
        TextCells[] tags =
        [
            .. plan.TagColumns.Select(
                i => ReadTexts(batch.Column(i).Data, TagValueSizeBytesMax, RejectReason.NameTooLong)),
        ];
        ulong[]?[] numbers = new ulong[]?[plan.FieldColumns.Length];
        TextCells?[] texts = new TextCells?[plan.FieldColumns.Length];
        for (int i = 0; i < plan.FieldColumns.Length; i++)
        {
            ArrayData data = batch.Column(plan.FieldColumns[i]).Data;
            bool isText = TextCells.CanRead(data.DataType);
            texts[i] = isText
                ? ReadTexts(data, StringSizeBytesMax, RejectReason.StringTooLong)
                : null;
            numbers[i] = isText ? null : NumberCells.Read(data, _filter);
        }

        _filter.Report(rowCount, firstLineNumber, rejects);
        if (rowCount == _filter.RefusedCount)
        {
            return;
        }

        _keys.Build(plan, schema, tags, rowCount);
        TableRows rows = target.AddTable(plan.Table);
        target.KeyText = _keys.ToKeyText();
        AddRows(rows, times, firstLineNumber);
        for (int i = 0; i < plan.FieldColumns.Length; i++)
        {
            ArrayData data = batch.Column(plan.FieldColumns[i]).Data;
            byte[] name = Encoding.UTF8.GetBytes(schema.FieldsList[plan.FieldColumns[i]].Name);
            if (texts[i] is TextCells text)
            {
                AddTextColumn(rows, name, text, target.Texts);
            }
            else
            {
                AddNumberColumn(rows, name, data, numbers[i]!);
            }
        }
    }

    private void CheckLengths(RecordBatch batch)
    {
        if (batch.Length < 0)
        {
            throw new ArrowInputException($"malformed Arrow batch: {batch.Length} rows");
        }

        for (int i = 0; i < schema.FieldsList.Count; i++)
        {
            if (batch.ColumnCount != schema.FieldsList.Count || batch.Column(i).Length != batch.Length)
            {
                throw new ArrowInputException(
                    "malformed Arrow batch: its columns differ in length or number");
            }
        }

        // Before anything is sized by the row count: every row has eight bytes of time.
        NumberCells.Values<long>(batch.Column(plan.TimeColumn).Data);
    }

    private TextCells ReadTexts(ArrayData data, int sizeBytesMax, RejectReason reason)
    {
        TextCells texts = TextCells.Read(data);
        texts.RefuseLong(_filter, sizeBytesMax, reason);
        texts.RefuseInvalid(_filter);
        return texts;
    }

    private ulong[] ReadTimes(ArrayData data)
    {
        ulong[] times = NumberCells.Read(data, _filter);
        ArrowValidity validity = ArrowValidity.Of(data);
        for (int row = 0; row < times.Length && !validity.AllValid; row++)
        {
            if (!validity.IsValid(row))
            {
                _filter.Refuse(row, RejectReason.MalformedTimestamp);
            }
        }

        return times;
    }

    private void AddRows(TableRows rows, ulong[] times, int firstLineNumber)
    {
        rows.EnsureCapacity(times.Length - _filter.RefusedCount);
        if (_targetRows.Length < times.Length)
        {
            _targetRows = new int[times.Length];
        }

        int target = 0;
        for (int row = 0; row < times.Length; row++)
        {
            if (_filter.IsRefused(row))
            {
                _targetRows[row] = -1;
                continue;
            }

            TextSpan key = _keys.GetKey(row);
            rows.TimestampsNs[target] = (long)times[row];
            rows.KeyHashes[target] = _keys.GetHash(row);
            rows.KeyOffsets[target] = key.OffsetBytes;
            rows.KeyLengths[target] = key.SizeBytes;
            rows.LineNumbers[target] = firstLineNumber + row;
            _targetRows[row] = target++;
        }

        rows.RowCount = target;
    }

    private void AddNumberColumn(TableRows rows, byte[] name, ArrayData data, ulong[] cells)
    {
        ColumnType type = NumberCells.TypeOf(data.DataType);
        ArrowValidity validity = ArrowValidity.Of(data);
        SampleColumn values = rows.AddColumn(name, type);
        bool mayBeSpecial = type == ColumnType.Float64 && !IsAllFinite(cells);
        if (validity.AllValid && !mayBeSpecial && _filter.RefusedCount == 0)
        {
            values.EnsureCapacity(cells.Length);
            cells.CopyTo(values.Cells, 0);
            values.CellCount = cells.Length;
            return;
        }

        SampleColumn? status = null;
        for (int row = 0; row < cells.Length; row++)
        {
            int target = _targetRows[row];
            if (target < 0)
            {
                continue;
            }

            bool isValid = validity.IsValid(row);
            if (isValid)
            {
                values.Append(target, cells[row]);
            }

            if (!isValid || (mayBeSpecial && !IsFinite(cells[row])))
            {
                MarkNoData(ref status, rows, name, target);
            }
        }

        Close(values, rows);
        Close(status, rows);
    }

    // Of a dictionary, only texts that a row holds are copied: a slice's share may be small.
    private void AddTextColumn(TableRows rows, byte[] name, TextCells text, ByteSlab slab)
    {
        ulong[] cells = new ulong[text.Texts.Length];
        System.Array.Fill(cells, NoCell);
        SampleColumn values = rows.AddColumn(name, ColumnType.String);
        SampleColumn? status = null;
        for (int row = 0; row < text.Codes.Length; row++)
        {
            int target = _targetRows[row];
            if (target < 0)
            {
                continue;
            }

            int code = text.Codes[row];
            if (code == TextCells.NullCode)
            {
                MarkNoData(ref status, rows, name, target);
                continue;
            }

            if (cells[code] == NoCell)
            {
                cells[code] = slab.Append(text.GetText(code)).ToCell();
            }

            values.Append(target, cells[code]);
        }

        Close(values, rows);
        Close(status, rows);
    }

    private static void MarkNoData(ref SampleColumn? status, TableRows rows, byte[] name, int row)
    {
        status ??= rows.AddColumn(name, ColumnType.Int64, CellKind.Status);
        status.Append(row, StatusCode.BadNoData.Value);
    }

    // Cells that end before the rows do are listed with their rows.
    private static void Close(SampleColumn? column, TableRows rows)
    {
        if (column is not null && column.CellCount < rows.RowCount)
        {
            column.MakeSparse();
        }
    }

    private static bool IsFinite(ulong cell) => (cell & ExponentMask) != ExponentMask;

    private static bool IsAllFinite(ulong[] cells)
    {
        bool isFinite = true;
        foreach (ulong cell in cells)
        {
            isFinite &= IsFinite(cell);
        }

        return isFinite;
    }
}
