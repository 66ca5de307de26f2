using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.Types;
using Tsdb.Core;

namespace Tsdb.Query.Arrow;

// The analyser does not see that an array owns its data and a record batch its arrays.
#pragma warning disable CA2000

/// <summary>Turns pieces of a result into Arrow record batches of one schema.</summary>
/// <remarks>
/// Numbers and timestamps are not copied: a record batch is valid only as long as the column batch it came
/// from. One thread.
/// </remarks>
public sealed class ArrowBatchConverter
{
    private static readonly string[] _qualityNames = ["BAD", "UNCERTAIN", "GOOD"];

    private readonly IReadOnlyList<ResultColumn> _columns;
    private readonly TextDictionary?[] _dictionaries;

    /// <summary>Makes a converter for one result.</summary>
    /// <param name="columns">The result's columns.</param>
    /// <param name="plainText">No dictionaries: tags and qualities as plain utf8.</param>
    public ArrowBatchConverter(IReadOnlyList<ResultColumn> columns, bool plainText = false)
    {
        _columns = columns;
        Schema = ArrowResultSchema.Of(columns, plainText);
        _dictionaries = new TextDictionary?[columns.Count];
        for (int i = 0; i < columns.Count; i++)
        {
            bool isDictionary = ArrowResultSchema.IsDictionary(columns[i], plainText);
            _dictionaries[i] = isDictionary ? new TextDictionary() : null;
        }
    }

    /// <summary>The schema of every record batch.</summary>
    public Schema Schema { get; }

    /// <summary>
    /// Whether the last conversion changed a dictionary, so that a stream must send the dictionaries again.
    /// </summary>
    public bool DictionariesChanged { get; private set; }

    /// <summary>Converts some rows.</summary>
    /// <param name="batch">Of the converter's columns.</param>
    /// <param name="firstRow">First row; a multiple of 64, so that bitmaps need no shifting.</param>
    /// <param name="rowCount">Rows.</param>
    public RecordBatch Convert(ColumnBatch batch, int firstRow, int rowCount)
    {
        Invariant.Holds(firstRow % 64 == 0);
        Invariant.Holds(firstRow >= 0 && rowCount >= 0 && firstRow + rowCount <= batch.RowCount);
        DictionariesChanged = false;
        foreach (TextDictionary? dictionary in _dictionaries)
        {
            DictionariesChanged |= dictionary?.StartAnewIfLarge() == true;
        }

        IArrowArray[] arrays = new IArrowArray[_columns.Count];
        for (int i = 0; i < arrays.Length; i++)
        {
            arrays[i] = ToArray(i, batch.Columns[i], firstRow, rowCount);
        }

        return new RecordBatch(Schema, arrays, rowCount);
    }

    private IArrowArray ToArray(int index, ColumnVector column, int firstRow, int rowCount)
    {
        ArrowBuffer validity = ValidityOf(column, firstRow, rowCount, out int nullCount);
        IArrowType type = Schema.GetFieldByIndex(index).DataType;
        if (type is NullType || rowCount == 0 && type is not DictionaryType)
        {
            return EmptyOrNull(type, rowCount);
        }

        if (_dictionaries[index] is TextDictionary dictionary)
        {
            return ToDictionaryArray(
                (DictionaryType)type, dictionary, column, firstRow, rowCount, validity, nullCount);
        }

        if (type is StringType)
        {
            return ToStringArray(column, firstRow, rowCount, validity, nullCount);
        }

        ArrowBuffer values = type is BooleanType
            ? new ArrowBuffer(BitsOf(column.Words.AsSpan(firstRow, rowCount)))
            : new ArrowBuffer(WordMemory.Of(column.Words, firstRow, rowCount));
        return ArrowArrayFactory.BuildArray(new ArrayData(type, rowCount, nullCount, 0, [validity, values]));
    }

    private static IArrowArray EmptyOrNull(IArrowType type, int rowCount)
    {
        ArrowBuffer[] buffers = type switch
        {
            NullType => [],
            StringType => [ArrowBuffer.Empty, new ArrowBuffer(new byte[sizeof(int)]), ArrowBuffer.Empty],
            _ => [ArrowBuffer.Empty, ArrowBuffer.Empty],
        };
        return ArrowArrayFactory.BuildArray(
            new ArrayData(type, rowCount, type is NullType ? rowCount : 0, 0, buffers));
    }

    private DictionaryArray ToDictionaryArray(
        DictionaryType type,
        TextDictionary dictionary,
        ColumnVector column,
        int firstRow,
        int rowCount,
        ArrowBuffer validity,
        int nullCount)
    {
        byte[] indexes = new byte[rowCount * sizeof(int)];
        DictionariesChanged |= dictionary.Translate(
            WithTexts(column), firstRow, MemoryMarshal.Cast<byte, int>(indexes.AsSpan()));
        ArrayData data = new(Int32Type.Default, rowCount, nullCount, 0, [validity, new ArrowBuffer(indexes)]);
        return new DictionaryArray(type, new Int32Array(data), dictionary.ToArray());
    }

    private static StringArray ToStringArray(
        ColumnVector column, int firstRow, int rowCount, ArrowBuffer validity, int nullCount)
    {
        IReadOnlyList<string> texts = WithTexts(column).Texts;
        byte[] offsetBytes = new byte[(rowCount + 1) * sizeof(int)];
        Span<int> offsets = MemoryMarshal.Cast<byte, int>(offsetBytes.AsSpan());
        ByteSlab bytes = new();
        for (int i = 0; i < rowCount; i++)
        {
            if (!column.IsNull(firstRow + i))
            {
                string text = texts[(int)column.Words[firstRow + i]];
                Span<byte> room = bytes.Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
                bytes.Advance(Encoding.UTF8.GetBytes(text, room));
            }

            offsets[i + 1] = bytes.SizeBytes;
        }

        return new StringArray(
            rowCount,
            new ArrowBuffer(offsetBytes),
            new ArrowBuffer(bytes.Span.ToArray()),
            validity,
            nullCount);
    }

    // A quality's word is its number, which is also its place in the list of names.
    private static ColumnVector WithTexts(ColumnVector column)
    {
        if (column.Type == ResultType.Quality && !ReferenceEquals(column.Texts, _qualityNames))
        {
            column.Texts = _qualityNames;
        }

        return column;
    }

    private static ArrowBuffer ValidityOf(ColumnVector column, int firstRow, int rowCount, out int nullCount)
    {
        nullCount = 0;
        if (!column.HasNulls || rowCount == 0)
        {
            return ArrowBuffer.Empty;
        }

        int wordCount = (rowCount + 63) / 64;
        ReadOnlySpan<ulong> words = column.Validity.AsSpan(firstRow / 64, wordCount);
        int validCount = 0;
        for (int i = 0; i < words.Length; i++)
        {
            int bitCount = Math.Min(64, rowCount - (i * 64));
            validCount += BitOperations.PopCount(words[i] & (ulong.MaxValue >> (64 - bitCount)));
        }

        nullCount = rowCount - validCount;
        return nullCount == 0
            ? ArrowBuffer.Empty
            : new ArrowBuffer(WordMemory.Of(column.Validity, firstRow / 64, wordCount));
    }

    private static byte[] BitsOf(ReadOnlySpan<ulong> words)
    {
        byte[] bits = new byte[(words.Length + 7) / 8];
        for (int i = 0; i < words.Length; i++)
        {
            bits[i >> 3] |= (byte)((words[i] & 1) << (i & 7));
        }

        return bits;
    }
}
