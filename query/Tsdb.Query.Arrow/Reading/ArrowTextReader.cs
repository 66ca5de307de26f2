using System.Text.Unicode;
using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>Copies the texts of a field column into a batch's slab, each text of a dictionary once.</summary>
internal sealed class ArrowTextReader
{
    /// <summary>Stands for null.</summary>
    public const ulong NoCell = ulong.MaxValue;

    // As the storage's own limit; here so that nothing is copied which it will refuse.
    private const int StringSizeBytesMax = 64 << 10;

    private int[] _codes = [];
    private ulong[] _cellOfEntry = [];

    /// <summary>No fewer bytes than the run takes when every row's text is written out.</summary>
    public static long Measure(
        ArrowField field,
        ArrowDictionary? dictionary,
        in ArrowColumnBuffers buffers,
        int batchRowCount,
        int firstRow,
        int rowCount)
    {
        if (dictionary is not null)
        {
            return Math.Min(dictionary.LongestBytes, StringSizeBytesMax) * (long)rowCount;
        }

        return buffers.ViewBuffers is null && buffers.Texts.Length <= ArrowBatchReader.TextSizeBytesMax
            ? 0
            : new ArrowTexts(field.Name, field.Type, buffers, batchRowCount)
                .Measure(firstRow, rowCount, StringSizeBytesMax);
    }

    /// <summary>Reads a run of rows; refuses those whose text is too long or no UTF-8.</summary>
    /// <exception cref="ArrowInputException">An index leaves its dictionary, a text its buffer.</exception>
    public void Read(
        ArrowField field,
        ArrowDictionary? dictionary,
        in ArrowColumnBuffers buffers,
        int batchRowCount,
        int firstRow,
        Span<ulong> cells,
        ByteSlab slab,
        RowFilter filter)
    {
        if (dictionary is not null)
        {
            ReadEntries(field, dictionary, buffers, firstRow, cells, slab, filter);
            return;
        }

        ArrowTexts texts = new(field.Name, field.Type, buffers, batchRowCount);
        for (int row = 0; row < cells.Length; row++)
        {
            ReadOnlySpan<byte> text = texts.GetText(firstRow + row, out bool isNull);
            cells[row] = NoCell;
            if (text.Length > StringSizeBytesMax)
            {
                filter.Refuse(row, RejectReason.StringTooLong);
            }
            else if (!Utf8.IsValid(text))
            {
                filter.Refuse(row, RejectReason.InvalidUtf8);
            }
            else if (!isNull)
            {
                cells[row] = slab.Append(text).ToCell();
            }
        }
    }

    private void ReadEntries(
        ArrowField field,
        ArrowDictionary dictionary,
        in ArrowColumnBuffers buffers,
        int firstRow,
        Span<ulong> cells,
        ByteSlab slab,
        RowFilter filter)
    {
        if (_codes.Length < cells.Length)
        {
            _codes = new int[cells.Length];
        }

        Span<int> codes = _codes.AsSpan(0, cells.Length);
        DictionaryIndexes.Read(field, dictionary, buffers, firstRow, codes);
        if (_cellOfEntry.Length < dictionary.Count)
        {
            _cellOfEntry = new ulong[Math.Max(dictionary.Count, _cellOfEntry.Length * 2)];
            Array.Fill(_cellOfEntry, NoCell);
        }

        for (int row = 0; row < cells.Length; row++)
        {
            cells[row] = NoCell;
            int code = codes[row];
            if (code == TagCodes.NullCode)
            {
                continue;
            }

            ref ulong cell = ref _cellOfEntry[code];
            if (cell == NoCell)
            {
                RejectReason reason = Check(dictionary, code);
                if (reason != RejectReason.None)
                {
                    filter.Refuse(row, reason);
                    continue;
                }

                cell = slab.Append(dictionary.GetText(code)).ToCell();
            }

            cells[row] = cell;
        }

        // Left as found, for the next run, by a walk over this run's entries and not over all.
        foreach (int code in codes)
        {
            if (code != TagCodes.NullCode)
            {
                _cellOfEntry[code] = NoCell;
            }
        }
    }

    private static RejectReason Check(ArrowDictionary dictionary, int code) =>
        dictionary.IsInvalid(code) ? RejectReason.InvalidUtf8
        : dictionary.GetText(code).Length > StringSizeBytesMax ? RejectReason.StringTooLong
        : RejectReason.None;
}
