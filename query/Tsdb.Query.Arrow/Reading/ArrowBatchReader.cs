using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>
/// Turns the batches of one schema into sample batches, column by column. A null is an absent value with
/// status Bad_NoData; NaN and infinities are kept bit for bit with that status; rows without a usable time
/// are refused.
/// </summary>
internal sealed class ArrowBatchReader : IDisposable
{
    // A slice of a batch takes bounded memory however few bytes the sender spent on it.
    public const int RowCountMax = 64 << 10;
    public const int CellCountMax = 8 << 20;
    public const int TextSizeBytesMax = 16 << 20;

    private readonly ArrowSchema _schema;
    private readonly ArrowColumnPlan _plan;
    private readonly ArrowBody _body;
    private readonly ArrowColumnBuffers[] _buffers;
    private readonly ArrowDictionaries _dictionaries;
    private readonly TagCodes[] _tags;
    private readonly SeriesNumbering _series;
    private readonly ArrowTextReader _texts = new();
    private readonly RowFilter _filter = new();
    private int _rowsRead;

    public ArrowBatchReader(ArrowSchema schema, ArrowSampleOptions options)
    {
        _schema = schema;
        _plan = ArrowColumnPlan.Of(schema, options);
        _body = new ArrowBody(options.BodySizeBytesMax);
        _buffers = new ArrowColumnBuffers[schema.Fields.Count];
        _dictionaries = new ArrowDictionaries(schema, options.DictionarySizeBytesMax);
        _tags = [.. _plan.TagColumns.Select(i => new TagCodes(schema.Fields[i], _dictionaries[i]))];
        _series = new SeriesNumbering(_plan, _tags);
    }

    /// <summary>Memory that the stream keeps.</summary>
    public long CapacityBytes => _body.CapacityBytes + _dictionaries.SizeBytes;

    /// <summary>Whether rows of the batch last loaded are still to be read.</summary>
    public bool HasRows => _rowsRead < _body.RowCount;

    /// <summary>Takes a record batch.</summary>
    /// <param name="batch">The table `RecordBatch`.</param>
    /// <param name="body">Left alone by the caller until all rows are read.</param>
    /// <exception cref="ArrowInputException">The batch is malformed.</exception>
    public void Load(FlatTable batch, ReadOnlyMemory<byte> body)
    {
        _body.Load(batch, body);
        for (int i = 0; i < _buffers.Length; i++)
        {
            _buffers[i] = _body.Next(_schema.Fields[i].Name, _schema.Fields[i].StoredType);
        }

        _rowsRead = 0;
    }

    /// <summary>Takes a dictionary batch.</summary>
    /// <exception cref="ArrowInputException">It is malformed or takes too much.</exception>
    public void LoadDictionary(FlatTable batch, ReadOnlyMemory<byte> body)
    {
        _dictionaries.Load(batch, body, _body);
        _rowsRead = _body.RowCount;
    }

    /// <summary>Reads the next rows of the batch.</summary>
    /// <param name="firstLineNumber">Number of the first of them, from 1.</param>
    /// <param name="target">Cleared and filled.</param>
    /// <param name="rejects">Gets the refused rows.</param>
    /// <returns>Rows passed over, refused ones included.</returns>
    /// <exception cref="ArrowInputException">The batch is malformed; nothing more of it may be
    /// stored.</exception>
    public int Read(int firstLineNumber, SampleBatch target, RejectLog rejects)
    {
        target.Clear();
        int firstRow = _rowsRead;
        int rowCount = Plan(firstRow);
        TableRows rows = target.AddTable(_plan.Table);
        rows.EnsureCapacity(rowCount);
        rowCount = NumberSeries(rows, firstRow, rowCount);
        _rowsRead += rowCount;
        _filter.Reset(rowCount);
        FilterSeries(rows, rowCount);
        ReadTimes(rows, firstRow, rowCount);
        for (int i = 0; i < _plan.FieldColumns.Length; i++)
        {
            ReadField(rows, i, firstRow, rowCount, target.Texts);
        }

        _filter.Report(rowCount, firstLineNumber, rejects);
        if (_filter.RefusedCount == rowCount)
        {
            target.Clear();
            return rowCount;
        }

        Finish(rows, firstLineNumber, firstRow, rowCount);
        return rowCount;
    }

    /// <inheritdoc />
    public void Dispose() => _body.Dispose();

    // How many rows to read next: by cells, and by the texts that fields take once written out.
    private int Plan(int firstRow)
    {
        int columnCount = Math.Max(1, _schema.Fields.Count);
        int rowCount = Math.Min(
            _body.RowCount - firstRow, Math.Clamp(CellCountMax / columnCount, 1, RowCountMax));
        while (rowCount > 1 && MeasureTexts(firstRow, rowCount) > TextSizeBytesMax)
        {
            rowCount /= 2;
        }

        return rowCount;
    }

    private long MeasureTexts(int firstRow, int rowCount)
    {
        long sizeBytes = 0;
        foreach (int column in _plan.FieldColumns)
        {
            if (_schema.Fields[column].Type.IsText)
            {
                sizeBytes += ArrowTextReader.Measure(
                    _schema.Fields[column],
                    _dictionaries[column],
                    _buffers[column],
                    _body.RowCount,
                    firstRow,
                    rowCount);
            }
        }

        return sizeBytes;
    }

    private int NumberSeries(TableRows rows, int firstRow, int rowCount)
    {
        foreach ((TagCodes tag, int column) in _tags.Zip(_plan.TagColumns))
        {
            tag.Read(_buffers[column], _body.RowCount, firstRow, rowCount);
        }

        _series.Prepare();
        rows.UseKeys(_series.Keys, rowCount);
        return _series.Number(rows.KeyIndexes.AsSpan(0, rowCount));
    }

    private void FilterSeries(TableRows rows, int rowCount)
    {
        ReadOnlySpan<int> indexes = rows.KeyIndexes.AsSpan(0, rowCount);
        for (int row = 0; row < indexes.Length; row++)
        {
            if (indexes[row] < 0)
            {
                _filter.Refuse(row, (RejectReason)(~indexes[row]));
            }
        }
    }

    private void ReadTimes(TableRows rows, int firstRow, int rowCount)
    {
        ArrowType type = _schema.Fields[_plan.TimeColumn].Type;
        ArrowColumnBuffers buffers = _buffers[_plan.TimeColumn];
        Span<ulong> cells =
            MemoryMarshal.Cast<long, ulong>(rows.TimestampsNs.AsSpan(0, rowCount));
        bool fits = CellReader.Read(type, buffers.Values.Span, firstRow, cells);
        RefuseUnfit(type, buffers, firstRow, fits, rowCount);
        if (!buffers.HasNulls(firstRow, rowCount))
        {
            return;
        }

        for (int row = 0; row < rowCount; row++)
        {
            if (!ArrowColumnBuffers.IsValid(buffers.Validity.Span, firstRow + row))
            {
                _filter.Refuse(row, RejectReason.MalformedTimestamp);
            }
        }
    }

    private void ReadField(TableRows rows, int index, int firstRow, int rowCount, ByteSlab slab)
    {
        int column = _plan.FieldColumns[index];
        ArrowField field = _schema.Fields[column];
        SampleColumn values = rows.AddColumn(_plan.FieldNames[index], field.Type.ColumnType);
        if (field.Type.Kind == ArrowKind.Null)
        {
            return;
        }

        values.EnsureCapacity(rowCount);
        Span<ulong> cells = values.Cells.AsSpan(0, rowCount);
        if (field.Type.IsText)
        {
            _texts.Read(
                field,
                _dictionaries[column],
                _buffers[column],
                _body.RowCount,
                firstRow,
                cells,
                slab,
                _filter);
            return;
        }

        ArrowColumnBuffers buffers = _buffers[column];
        bool fits = CellReader.Read(field.Type, buffers.Values.Span, firstRow, cells);
        RefuseUnfit(field.Type, buffers, firstRow, fits, rowCount);
    }

    private void RefuseUnfit(
        ArrowType type, in ArrowColumnBuffers buffers, int firstRow, bool fits, int rowCount)
    {
        RejectReason reason = type.Kind == ArrowKind.UInt64
            ? RejectReason.IntegerOutOfRange
            : RejectReason.TimestampOutOfRange;
        for (int row = firstRow; row < firstRow + rowCount && !fits; row++)
        {
            if (ArrowColumnBuffers.IsValid(buffers.Validity.Span, row)
                && !CellReader.Fits(type, buffers.Values.Span, row))
            {
                _filter.Refuse(row - firstRow, reason);
            }
        }
    }

    private void Finish(TableRows rows, int firstLineNumber, int firstRow, int rowCount)
    {
        int keptCount = _filter.Place(rowCount);
        RowCompaction compaction = new(_filter, rowCount);
        compaction.KeepRows(rows, firstLineNumber);
        rows.RowCount = keptCount;
        for (int i = 0; i < _plan.FieldColumns.Length; i++)
        {
            ArrowField field = _schema.Fields[_plan.FieldColumns[i]];
            compaction.KeepCells(
                rows,
                rows.GetColumn(i),
                field.Type,
                field.Type.IsText || _buffers[_plan.FieldColumns[i]].HasNulls(firstRow, rowCount),
                _buffers[_plan.FieldColumns[i]].Validity.Span,
                firstRow);
        }
    }
}
