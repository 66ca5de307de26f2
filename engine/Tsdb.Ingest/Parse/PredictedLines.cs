using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>
/// Reads lines that are what the line before lets expect: same table, same fields, plain numbers, no escapes.
/// It stops in front of the first that is not, which is then read the long way; it never refuses one itself.
/// </summary>
/// <remarks>
/// Reads through references without bounds checks: nothing is read before a line has
/// <see cref="RoomSizeBytes"/> bytes of text behind the place, which covers every read made from there; the
/// last lines of a text are left to the other reader. Cells are written behind the rows in use, so a line
/// given up half-way leaves nothing. Series are looked up group by group, so that the misses of the cache
/// overlap.
/// </remarks>
internal sealed class PredictedLines(ISeriesKeys? seriesKeys)
{
    /// <summary>Lines whose series are looked up together.</summary>
    private const int GroupLineCountMax = 32;

    /// <summary>What is read from a place on before the next look at the text's end.</summary>
    private const int RoomSizeBytes = ExpectedBytes.SizeBytesMax + PlainNumber.ReadSizeBytes;

    private readonly RowPlan _plan = new();
    private int _groupLineCount = 1;
    private int _skipCount;
    private int _skipCountNext;

    /// <summary>Makes ready for lines like the one just stored; false when they had better be read the long
    /// way.</summary>
    public bool TryPrepare(TableShape shape, TableRows rows, StagedRow row)
    {
        if (_skipCount > 0)
        {
            _skipCount--;
            return false;
        }

        return _plan.TryMake(shape, rows, row);
    }

    /// <summary>Reads lines as long as they are as expected.</summary>
    /// <param name="lines">What to read, and how.</param>
    /// <param name="position">Where the next line begins; moves behind the last one read.</param>
    /// <param name="lineNumber">That line's number.</param>
    /// <returns>The lines read.</returns>
    public int Read(ref LineText lines, ref int position, int lineNumber)
    {
        int readCount = 0;
        int groupCount;
        do
        {
            groupCount = ReadGroup(ref lines, ref position, lineNumber + readCount, out bool isFull);
            readCount += groupCount;
            _groupLineCount = isFull ? Math.Min(_groupLineCount * 2, GroupLineCountMax) : 1;
        }
        while (_groupLineCount > 1);

        // A sender whose lines differ pays for few attempts.
        _skipCountNext = readCount > 0 ? 0 : Math.Min((_skipCountNext * 2) + 1, GroupLineCountMax);
        _skipCount = _skipCountNext;
        return readCount;
    }

    private int ReadGroup(ref LineText lines, ref int position, int lineNumber, out bool isFull)
    {
        TableRows rows = _plan.Rows;
        int firstRow = rows.RowCount;
        int wantedRowCount = firstRow + _groupLineCount;
        while (_plan.Capacity < wantedRowCount)
        {
            _plan.MakeRoom(_plan.Capacity);
        }

        int row = firstRow;
        int lineStart = position;
        while (row < wantedRowCount && TryReadLine(ref lines, row, ref lineStart))
        {
            rows.LineNumbers[row] = lineNumber + row - firstRow;
            row++;
        }

        int knownRow = FindSeries(ref lines, rows, firstRow, row);
        isFull = knownRow == wantedRowCount;
        position = knownRow == row ? lineStart : rows.KeyOffsets[knownRow];
        _plan.Complete(knownRow);
        return knownRow - firstRow;
    }

    private bool TryReadLine(ref LineText lines, int row, ref int position)
    {
        ReadOnlySpan<byte> text = lines.Text;
        ref byte origin = ref MemoryMarshal.GetReference(text);
        int start = position;
        int roomEnd = text.Length - RoomSizeBytes;
        int keyEnd = FindKeyEnd(ref origin, start, roomEnd);
        if (keyEnd < 0)
        {
            return false;
        }

        int at = ReadFields(ref origin, keyEnd, roomEnd, row);
        if (at < 0 || at > roomEnd || !lines.TryReadTimestamp(ref at, out long timestampNs)
            || at - start > lines.LineSizeBytesMax || !lines.IsUtf8(start, at))
        {
            return false;
        }

        TableRows rows = _plan.Rows;
        rows.TimestampsNs[row] = timestampNs;
        rows.KeyOffsets[row] = start;
        rows.KeyLengths[row] = keyEnd - start;
        position = at + 1;
        return true;
    }

    /// <summary>
    /// Where the key that starts at <paramref name="start"/> ends, a ' '; -1 when it is of another table or
    /// has escapes or no end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FindKeyEnd(ref byte origin, int start, int roomEnd)
    {
        int sizeBytes = _plan.TableHead.SizeBytes;
        if (start > roomEnd || !_plan.TableHead.StandAt(in Unsafe.Add(ref origin, start))
            || Unsafe.Add(ref origin, start + sizeBytes) is not ((byte)',' or (byte)' '))
        {
            return -1;
        }

        for (int at = start + sizeBytes; at <= roomEnd; at += Vector256<byte>.Count)
        {
            Vector256<byte> bytes = Vector256.LoadUnsafe(in Unsafe.Add(ref origin, at));
            uint stops = (Vector256.Equals(bytes, Vector256.Create((byte)' '))
                | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
                | Vector256.Equals(bytes, Vector256.Create((byte)'\n'))).ExtractMostSignificantBits();
            if (stops != 0)
            {
                int end = at + BitOperations.TrailingZeroCount(stops);
                return Unsafe.Add(ref origin, end) == ' ' ? end : -1;
            }
        }

        return -1;
    }

    /// <summary>Reads all fields, from the ' ' before them to the one behind; -1 when they are not as
    /// expected.</summary>
    private int ReadFields(ref byte origin, int at, int roomEnd, int row)
    {
        foreach (ref readonly FieldPlan field in _plan.Fields)
        {
            if (at > roomEnd || !field.Head.StandAt(in Unsafe.Add(ref origin, at)))
            {
                return -1;
            }

            at += field.Head.SizeBytes;
            int sizeBytes = field.Type == ColumnType.Int64
                ? PlainNumber.ReadInteger(in Unsafe.Add(ref origin, at), out ulong cell)
                : PlainNumber.ReadFloat(in Unsafe.Add(ref origin, at), out cell);
            if (sizeBytes == 0)
            {
                return -1;
            }

            // What ends the number is what the next name begins with.
            field.Cells[row] = cell;
            at += sizeBytes;
        }

        return Unsafe.Add(ref origin, at) == ' ' ? at + 1 : -1;
    }

    /// <summary>Finds the rows' series; keys that storage does not know are checked.</summary>
    /// <returns>The first row whose key is refused, or <paramref name="endRow"/>.</returns>
    private int FindSeries(ref LineText lines, TableRows rows, int firstRow, int endRow)
    {
        int count = endRow - firstRow;
        Span<uint> seriesIds = rows.SeriesIds.AsSpan(firstRow, count);
        if (seriesKeys is null)
        {
            seriesIds.Fill(ISeriesKeys.Unknown);
        }
        else
        {
            seriesKeys.Find(
                lines.Text,
                rows.KeyOffsets.AsSpan(firstRow, count),
                rows.KeyLengths.AsSpan(firstRow, count),
                firstRow == 0 ? ISeriesKeys.Unknown : rows.SeriesIds[firstRow - 1],
                seriesIds);
        }

        for (int i = 0; i < seriesIds.Length; i++)
        {
            if (seriesIds[i] == ISeriesKeys.Unknown)
            {
                int start = rows.KeyOffsets[firstRow + i];
                int end = start + rows.KeyLengths[firstRow + i];
                if (!lines.KeyCheck.TryCheck(lines.Text[..end], start, out _, out _))
                {
                    return firstRow + i;
                }
            }
        }

        return endRow;
    }
}
