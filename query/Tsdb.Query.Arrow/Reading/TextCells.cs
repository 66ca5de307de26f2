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

    /// <summary>Reads the column; a row whose text is not UTF-8 is marked as refused.</summary>
    public static TextCells Read(ArrayData data, RowFilter filter)
    {
        bool isDictionary = data.DataType is DictionaryType;
        ArrayData values = isDictionary
            ? data.Dictionary
                ?? throw new ArrowInputException("a dictionary column came before its dictionary")
            : data;
        TextSpan[] texts = ReadSpans(values);
        int[] codes = isDictionary ? ReadIndexes(data, texts.Length) : Counting(data);
        TextCells cells = new(values.Buffers[2].Memory, texts, codes, isDictionary);
        cells.ClearNullTexts(values);
        cells.RefuseInvalid(filter);
        return cells;
    }

    public ReadOnlySpan<byte> GetText(int code) => Texts[code].In(Bytes.Span);

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
    private void ClearNullTexts(ArrayData values)
    {
        ArrowValidity validity = ArrowValidity.Of(values);
        for (int i = 0; i < Codes.Length && IsDictionary && !validity.AllValid; i++)
        {
            if (Codes[i] != NullCode && !validity.IsValid(Codes[i]))
            {
                Codes[i] = NullCode;
            }
        }
    }

    private void RefuseInvalid(RowFilter filter)
    {
        bool[] isInvalid = new bool[Texts.Length];
        bool anyInvalid = false;
        for (int i = 0; i < Texts.Length; i++)
        {
            isInvalid[i] = !Utf8.IsValid(GetText(i));
            anyInvalid |= isInvalid[i];
        }

        for (int row = 0; row < Codes.Length && anyInvalid; row++)
        {
            if (Codes[row] != NullCode && isInvalid[Codes[row]])
            {
                filter.Refuse(row, RejectReason.InvalidUtf8);
            }
        }
    }
}
