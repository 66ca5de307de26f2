using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>
/// Reads line protocol, as InfluxDB 1 and 2 and QuestDB speak it, into a <see cref="SampleBatch"/>:
/// <c>table,tag=value field=1.5,other=2i 1700000000000000000</c>.
/// </summary>
/// <remarks>
/// <para>
/// Table, tag and field names and tag values: a backslash before ',', '=' or ' ' is dropped, any other is
/// itself. Strings: <c>\"</c> and <c>\\</c> are escapes, any other backslash is itself; line ends may stand
/// in them as they are. Lines that are blank or begin with '#' are skipped. Blanks before the table, between
/// the three parts and at the end are tolerated, as is a '\r' before the '\n'.
/// </para>
/// <para>
/// Values: <c>1.5</c> float, <c>1i</c> integer, <c>1u</c> unsigned (to 2^63-1), <c>t T true True TRUE f
/// ...</c>, <c>"text"</c>, <c>1t</c> and <c>1n</c> timestamps in µs and ns. The suffixes t and n also work on
/// the line's own timestamp. Tags and fields may not be called <c>ts</c> or <c>time</c>. Whether a name is a
/// tag in one line and a field in another is storage's business, as is whether types fit.
/// </para>
/// <para>
/// A refused line leaves nothing behind in the batch. Not thread-safe; made to be kept, since it learns how
/// its sender writes: which field follows which. Lines like the one before are read by
/// <see cref="PredictedLines"/>, all others here. Allocates nothing once it has learnt.
/// </para>
/// </remarks>
public sealed class LineProtocolParser
{
    private readonly LearntTables _tables = new();
    private readonly StagedRow _row = new();
    private readonly ByteSlab _scratch = new();
    private readonly ISeriesKeys? _seriesKeys;
    private readonly PredictedLines _predicted;
    private LineProtocolLimits _limits = LineProtocolLimits.Default;
    private SeriesKeyCheck _keyCheck = new(LineProtocolLimits.Default);
    private SampleBatch _batch = new();
    private LineError _error;
    private long _unitNs;
    private long _defaultTimestampNs;
    private long _batchNumber;
    private long _lineId;
    private long? _seriesKeysVersion;
    private bool _isPredictable;

    /// <param name="seriesKeys">
    /// The series of the database that the batches go to: rows get the ids of those that it knows.
    /// </param>
    public LineProtocolParser(ISeriesKeys? seriesKeys = null)
    {
        _seriesKeys = seriesKeys;
        _predicted = new PredictedLines(seriesKeys);
    }

    /// <summary>Reads all lines of <paramref name="text"/>.</summary>
    /// <param name="text">
    /// Begins at a line's start; the last line need not have a line end. The batch refers to it for its keys,
    /// so it must stay as it is until storage has them.
    /// </param>
    /// <param name="firstLineNumber">
    /// The request's line number, from 1, of the first line of the text.
    /// </param>
    /// <param name="options">How to read.</param>
    /// <param name="batch">
    /// Empty; gets the good lines, tables and columns in order of first appearance.
    /// </param>
    /// <param name="rejects">
    /// Gets the refused lines; line numbers count '\n', positions count bytes from 1.
    /// </param>
    /// <returns>
    /// Lines seen, blank ones and comments included: what to add to the line number of the next text.
    /// </returns>
    public int Parse(
        ReadOnlyMemory<byte> text, int firstLineNumber, in LineProtocolOptions options, SampleBatch batch,
        RejectLog rejects)
    {
        Begin(text, options, batch);
        ReadOnlySpan<byte> bytes = text.Span;
        LineText lines = new(bytes, _unitNs, _limits.LineSizeBytesMax, _keyCheck);
        int lineNumber = firstLineNumber;
        int position = 0;
        while (position < bytes.Length)
        {
            int start = LineEnds.SkipBlanks(bytes, position);
            int end = start;
            int innerLineCount = 0;
            if (IsComment(bytes, start))
            {
                end = LineEnds.FindNewline(bytes, start);
            }
            else if (!IsLineEnd(bytes, start, out end)
                && !TryReadLine(ref lines, start, lineNumber, out end, out innerLineCount))
            {
                end = LineEnds.Find(bytes, start);
                innerLineCount = bytes[start..end].Count((byte)'\n');
                Refuse(bytes, position, lineNumber, rejects);
            }

            lineNumber += innerLineCount + 1;
            position = end + 1;
            if (_isPredictable)
            {
                lineNumber += _predicted.Read(ref lines, ref position, lineNumber);
                _isPredictable = false;
            }
        }

        MakeShortColumnsSparse(batch);
        return lineNumber - firstLineNumber;
    }

    private void Begin(ReadOnlyMemory<byte> text, in LineProtocolOptions options, SampleBatch batch)
    {
        Invariant.Holds(batch.TableCount == 0);
        Invariant.Holds(batch.Texts.SizeBytes == 0);
        if (options.Limits != _limits)
        {
            _limits = options.Limits;
            _keyCheck = new SeriesKeyCheck(_limits);
            _tables.Clear();
        }

        if (_tables.IsFull)
        {
            _tables.Clear();
        }

        _batch = batch;
        _batch.KeyText = text;
        _batchNumber++;
        _seriesKeysVersion = _seriesKeys?.Version;
        _unitNs = options.Precision.GetUnitNs();
        _defaultTimestampNs = options.DefaultTimestampNs;
    }

    private bool TryReadLine(
        ref LineText lines, int start, int lineNumber, out int end, out int innerLineCount)
    {
        ReadOnlySpan<byte> text = lines.Text;
        _lineId++;
        innerLineCount = 0;
        int keyEnd = SeriesKeyCheck.FindEnd(text, start);
        end = keyEnd;
        ReadOnlySpan<byte> key = text[start..keyEnd];
        uint series = FindSeries(text, start, key.Length);
        if (series == ISeriesKeys.Unknown && !TryCheckKey(text, start, keyEnd))
        {
            return false;
        }

        int tableEnd = EscapedName.FindEnd(text, start, stopsAtEquals: false);
        TableShape shape = _tables.FindOrAdd(text[start..tableEnd], _scratch);
        int position = LineEnds.SkipBlanks(text, keyEnd);
        if (IsLineEnd(text, position, out end))
        {
            return Fail(RejectReason.MissingFields, position, default);
        }

        if (!TryReadFields(text, shape, ref position, ref innerLineCount)
            || !TryReadTimestamp(text, position, out long timestampNs, out end)
            || !TryCheckLine(ref lines, start, end))
        {
            return false;
        }

        TableRows rows = shape.GetRows(_batch, _batchNumber);
        int row = rows.RowCount;
        rows.EnsureCapacity(row + 1);
        rows.TimestampsNs[row] = timestampNs;
        rows.KeyOffsets[row] = start;
        rows.KeyLengths[row] = key.Length;
        rows.LineNumbers[row] = lineNumber;
        rows.SeriesIds[row] = series;
        rows.SeriesKeysVersion = _seriesKeysVersion;
        _row.MoveTo(text, rows, row, _batch, _batchNumber);
        rows.RowCount = row + 1;
        _isPredictable = _predicted.TryPrepare(shape, rows, _row);
        return true;
    }

    private uint FindSeries(ReadOnlySpan<byte> text, int keyOffset, int keyLength)
    {
        uint series = ISeriesKeys.Unknown;
        _seriesKeys?.Find(
            text, [keyOffset], [keyLength], ISeriesKeys.Unknown, new Span<uint>(ref series));
        return series;
    }

    private bool TryCheckKey(ReadOnlySpan<byte> text, int start, int keyEnd)
    {
        bool endsLine = keyEnd == text.Length || text[keyEnd] == '\n';
        ReadOnlySpan<byte> checkedText = endsLine ? text[..keyEnd].TrimEnd((byte)'\r') : text[..keyEnd];
        if (!_keyCheck.TryCheck(checkedText, start, out int tableEnd, out LineError error))
        {
            _error = error;
            return false;
        }

        return !endsLine || Fail(RejectReason.MissingFields, checkedText.Length, start..tableEnd);
    }

    private bool TryReadFields(
        ReadOnlySpan<byte> text, TableShape shape, ref int position, ref int innerLineCount)
    {
        _row.Clear();
        while (true)
        {
            int fieldStart = position;
            FieldSlot? field = shape.Predict(text, position, _row.Count);
            if (field is null && !TryLearnField(text, position, shape, out field))
            {
                return false;
            }

            position += field.ExpectedSizeBytes;
            Range name = fieldStart..(position - 1);
            if (field.LastLine == _lineId)
            {
                return Fail(RejectReason.DuplicateKey, fieldStart, name);
            }

            field.LastLine = _lineId;
            RejectReason reason = FieldValueReader.TryRead(
                text, ref position, _limits.StringSizeBytesMax, out ColumnType type, out ulong cell);
            if (reason != RejectReason.None)
            {
                return Fail(reason, position, name);
            }

            if (type == ColumnType.String)
            {
                innerLineCount += TextSpan.FromCell(cell).In(text).Count((byte)'\n');
            }

            _row.Add(field, type, cell);
            if (position == text.Length || text[position] != ',')
            {
                return true;
            }

            position++;
        }
    }

    private bool TryLearnField(
        ReadOnlySpan<byte> text, int start, TableShape shape, [NotNullWhen(true)] out FieldSlot? field)
    {
        field = null;
        int end = EscapedName.FindEnd(text, start);
        ReadOnlySpan<byte> rawName = text[start..end];
        if (end == start || end == text.Length || text[end] != '=')
        {
            return Fail(RejectReason.MalformedField, start, start..end);
        }

        if (EscapedName.IsReserved(rawName))
        {
            return Fail(RejectReason.NameConflict, start, start..end);
        }

        if (EscapedName.MeasureUnescaped(rawName) > _limits.NameSizeBytesMax)
        {
            return Fail(RejectReason.NameTooLong, start, start..end);
        }

        if (_row.Count == _limits.FieldCountMax)
        {
            return Fail(RejectReason.TooManyFields, start, start..end);
        }

        field = shape.Learn(rawName, _row.Count, _scratch);
        return true;
    }

    private bool TryReadTimestamp(ReadOnlySpan<byte> text, int position, out long timestampNs, out int end)
    {
        position = LineEnds.SkipBlanks(text, position);
        if (IsLineEnd(text, position, out end))
        {
            timestampNs = _defaultTimestampNs;
            _batch.StampedNs = timestampNs;
            return true;
        }

        RejectReason reason = TimestampReader.TryRead(text, ref position, _unitNs, out timestampNs);
        if (reason != RejectReason.None)
        {
            return Fail(reason, position, default);
        }

        position = LineEnds.SkipBlanks(text, position);
        return IsLineEnd(text, position, out end) || Fail(RejectReason.MalformedTimestamp, position, default);
    }

    private bool TryCheckLine(ref LineText lines, int start, int end)
    {
        ReadOnlySpan<byte> text = lines.Text;
        if (end - start > _limits.LineSizeBytesMax)
        {
            return Fail(RejectReason.LineTooLong, start + _limits.LineSizeBytesMax, default);
        }

        if (lines.IsUtf8(start, end))
        {
            return true;
        }

        ReadOnlySpan<byte> line = text[start..end];
        int position = 0;
        while (Rune.DecodeFromUtf8(line[position..], out _, out int sizeBytes) == OperationStatus.Done)
        {
            position += sizeBytes;
        }

        return Fail(RejectReason.InvalidUtf8, start + position, default);
    }

    private bool Fail(RejectReason reason, int position, Range name)
    {
        _error = new LineError(reason, position, name);
        return false;
    }

    private void Refuse(ReadOnlySpan<byte> text, int lineStart, int lineNumber, RejectLog rejects)
    {
        string? detail = rejects.KeepsDetail ? _error.Describe(text, _limits) : null;
        rejects.Add(new RowReject(lineNumber, _error.Position - lineStart + 1, _error.Reason, detail));
    }

    private static bool IsComment(ReadOnlySpan<byte> text, int position) =>
        position < text.Length && text[position] == '#';

    /// <summary>
    /// Whether the line ends here: at '\n', at "\r\n", or at the text's end. <paramref name="end"/> is the
    /// '\n'.
    /// </summary>
    private static bool IsLineEnd(ReadOnlySpan<byte> text, int position, out int end)
    {
        bool skipsReturn = position < text.Length && text[position] == '\r';
        end = position + (skipsReturn ? 1 : 0);
        return end == text.Length || text[end] == '\n';
    }

    private static void MakeShortColumnsSparse(SampleBatch batch)
    {
        for (int i = 0; i < batch.TableCount; i++)
        {
            TableRows rows = batch.GetTable(i);
            for (int j = 0; j < rows.ColumnCount; j++)
            {
                SampleColumn column = rows.GetColumn(j);
                if (column.CellCount < rows.RowCount)
                {
                    column.MakeSparse();
                }
            }
        }
    }
}
