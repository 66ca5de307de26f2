using System.Text.Unicode;
using Apache.Arrow;
using Apache.Arrow.Types;
using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>A foreign text column: where each distinct text lies, and which of them each row holds.</summary>
/// <remarks>
/// A row's code is its text's index, or <see cref="NullCode"/>. Plain utf8 has a text per row.
/// </remarks>
internal sealed class TextCells
{
    public const int NullCode = -1;

    private TextCells(ReadOnlyMemory<byte> bytes, TextSpan[] texts, int[] codes, bool isDictionary)
    {
        Bytes = bytes;
        Texts = texts;
        Codes = codes;
        IsDictionary = isDictionary;
    }

    /// <summary>The bytes in which <see cref="Texts"/> lie.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    public TextSpan[] Texts { get; }

    /// <summary>One for each row.</summary>
    public int[] Codes { get; }

    public bool IsDictionary { get; }

    public static bool CanRead(IArrowType type) => type switch
    {
        StringType or LargeStringType => true,
        DictionaryType dictionary => dictionary.ValueType is StringType or LargeStringType,
        _ => false,
    };

    /// <summary>
    /// Reads the column; the texts are not checked. Takes memory for as many texts as rows, even of a larger
    /// dictionary.
    /// </summary>
    public static TextCells Read(ArrayData data)
    {
        bool isDictionary = data.DataType is DictionaryType;
        ArrayData values = ValuesOf(data);
        int[] codes = isDictionary ? ReadIndexes(data, values.Length) : Counting(data);
        if (isDictionary)
        {
            ClearNullTexts(codes, values);
        }

        TextSpan[] texts = values.Length > codes.Length ? ReadUsed(values, codes) : ReadSpans(values);
        return new TextCells(values.Buffers[2].Memory, texts, codes, isDictionary);
    }

    /// <summary>
    /// No fewer bytes than <see cref="AddSizes"/> adds for any <paramref name="rowCount"/> rows, without
    /// a look at the rows.
    /// </summary>
    public static long MeasureMost(ArrayData data, int rowCount, int sizeBytesMax)
    {
        ArrayData values = ValuesOf(data);
        int longestBytes = values.Buffers[2].Length;
        if (data.DataType is not DictionaryType)
        {
            return longestBytes;
        }

        if (values.Length <= rowCount)
        {
            longestBytes = 0;
            foreach (TextSpan text in ReadSpans(values))
            {
                longestBytes = Math.Max(longestBytes, text.SizeBytes);
            }
        }

        return (long)Math.Min(longestBytes, sizeBytesMax) * rowCount;
    }

    /// <summary>Adds to every row's size that of its text, unless it is too long to be taken.</summary>
    public void AddSizes(Span<long> sizesBytes, int sizeBytesMax)
    {
        for (int row = 0; row < Codes.Length; row++)
        {
            int sizeBytes = Codes[row] == NullCode ? 0 : Texts[Codes[row]].SizeBytes;
            sizesBytes[row] += sizeBytes <= sizeBytesMax ? sizeBytes : 0;
        }
    }

    /// <summary>Refuses the rows whose text is longer, and makes their cells null.</summary>
    public void RefuseLong(RowFilter filter, int sizeBytesMax, RejectReason reason)
    {
        for (int row = 0; row < Codes.Length; row++)
        {
            if (Codes[row] != NullCode && Texts[Codes[row]].SizeBytes > sizeBytesMax)
            {
                filter.Refuse(row, reason);
                Codes[row] = NullCode;
            }
        }
    }

    /// <summary>Refuses the rows whose text is not UTF-8; texts that no row holds do not count.</summary>
    public void RefuseInvalid(RowFilter filter)
    {
        bool?[] isValid = new bool?[Texts.Length];
        for (int row = 0; row < Codes.Length; row++)
        {
            int code = Codes[row];
            if (code != NullCode && !(isValid[code] ??= Utf8.IsValid(GetText(code))))
            {
                filter.Refuse(row, RejectReason.InvalidUtf8);
            }
        }
    }

    public ReadOnlySpan<byte> GetText(int code) => Texts[code].In(Bytes.Span);

    private static ArrayData ValuesOf(ArrayData data) => data.DataType is DictionaryType
        ? data.Dictionary ?? throw new ArrowInputException("a dictionary column came before its dictionary")
        : data;

    private static TextSpan[] ReadSpans(ArrayData values)
    {
        int sizeBytes = values.Buffers[2].Length;
        if (values.Length == 0)
        {
            return [];
        }

        TextSpan[] spans;
        if (values.DataType is LargeStringType)
        {
            ReadOnlySpan<long> offsets = NumberCells.Values<long>(values, 1, extraCount: 1);
            spans = new TextSpan[values.Length];
            for (int i = 0; i < spans.Length; i++)
            {
                spans[i] = Span(offsets[i], offsets[i + 1], sizeBytes);
            }
        }
        else
        {
            ReadOnlySpan<int> offsets = NumberCells.Values<int>(values, 1, extraCount: 1);
            spans = new TextSpan[values.Length];
            for (int i = 0; i < spans.Length; i++)
            {
                spans[i] = Span(offsets[i], offsets[i + 1], sizeBytes);
            }
        }

        return spans;
    }

    private static TextSpan Span(long firstByte, long endByte, int sizeBytes) =>
        firstByte >= 0 && endByte >= firstByte && endByte <= sizeBytes
            ? new TextSpan((int)firstByte, (int)(endByte - firstByte))
            : throw new ArrowInputException("malformed Arrow batch: a text lies outside its buffer");

    private static int[] Counting(ArrayData data)
    {
        int[] codes = new int[data.Length];
        ArrowValidity validity = ArrowValidity.Of(data);
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = validity.IsValid(i) ? i : NullCode;
        }

        return codes;
    }

    private static int[] ReadIndexes(ArrayData data, int textCount)
    {
        ArrowTypeId indexType = ((DictionaryType)data.DataType).IndexType.TypeId;
        int[] codes = new int[data.Length];
        ArrowValidity validity = ArrowValidity.Of(data);
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = NullCode;
            if (validity.IsValid(i))
            {
                long index = ReadIndex(data, indexType, i);
                codes[i] = index >= 0 && index < textCount
                    ? (int)index
                    : throw new ArrowInputException("malformed Arrow batch: an index leaves its dictionary");
            }
        }

        return codes;
    }

    private static long ReadIndex(ArrayData data, ArrowTypeId indexType, int row) => indexType switch
    {
        ArrowTypeId.Int32 => NumberCells.Values<int>(data)[row],
        ArrowTypeId.Int8 => NumberCells.Values<sbyte>(data)[row],
        ArrowTypeId.Int16 => NumberCells.Values<short>(data)[row],
        ArrowTypeId.Int64 => NumberCells.Values<long>(data)[row],
        ArrowTypeId.UInt8 => NumberCells.Values<byte>(data)[row],
        ArrowTypeId.UInt16 => NumberCells.Values<ushort>(data)[row],
        ArrowTypeId.UInt32 => NumberCells.Values<uint>(data)[row],
        _ => throw new ArrowInputException("a dictionary's indexes must be integers, unsigned to 32 bits"),
    };

    // A null inside a dictionary: rows that point to it are null.
    private static void ClearNullTexts(int[] codes, ArrayData values)
    {
        ArrowValidity validity = ArrowValidity.Of(values);
        for (int i = 0; i < codes.Length && !validity.AllValid; i++)
        {
            if (codes[i] != NullCode && !validity.IsValid(codes[i]))
            {
                codes[i] = NullCode;
            }
        }
    }

    // Renumbers the codes to the texts in use.
    private static TextSpan[] ReadUsed(ArrayData values, int[] codes)
    {
        Dictionary<int, int> numbers = [];
        List<TextSpan> used = [];
        bool isLarge = values.DataType is LargeStringType;
        ReadOnlySpan<int> offsets = isLarge ? default : NumberCells.Values<int>(values, 1, extraCount: 1);
        ReadOnlySpan<long> large = isLarge ? NumberCells.Values<long>(values, 1, extraCount: 1) : default;
        int sizeBytes = values.Buffers[2].Length;
        for (int row = 0; row < codes.Length; row++)
        {
            int code = codes[row];
            if (code == NullCode)
            {
                continue;
            }

            if (!numbers.TryGetValue(code, out int number))
            {
                number = used.Count;
                numbers.Add(code, number);
                used.Add(isLarge
                    ? Span(large[code], large[code + 1], sizeBytes)
                    : Span(offsets[code], offsets[code + 1], sizeBytes));
            }

            codes[row] = number;
        }

        return [.. used];
    }
}
