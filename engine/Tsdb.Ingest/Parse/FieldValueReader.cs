using System.Runtime.CompilerServices;
using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>Reads one field value of any type.</summary>
internal static class FieldValueReader
{
    /// <summary>
    /// Reads the value at <paramref name="position"/>, which moves behind it; on a refusal it stays.
    /// </summary>
    /// <param name="text">The request's text.</param>
    /// <param name="position">Where the value begins.</param>
    /// <param name="stringSizeBytesMax">The limit for strings.</param>
    /// <param name="type">The value's type.</param>
    /// <param name="cell">
    /// The cell; of a string the <see cref="TextSpan"/> between its quotes in the text.
    /// </param>
    /// <returns>None, or why the value is refused.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RejectReason TryRead(
        ReadOnlySpan<byte> text,
        ref int position,
        int stringSizeBytesMax,
        out ColumnType type,
        out ulong cell) => position < text.Length && IsNumberStart(text[position])
            ? NumberReader.TryRead(text, ref position, out type, out cell)
            : TryReadWord(text, ref position, stringSizeBytesMax, out type, out cell);

    private static bool IsNumberStart(byte value) =>
        value is (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'+' or (byte)'.';

    private static RejectReason TryReadWord(
        ReadOnlySpan<byte> text,
        ref int position,
        int stringSizeBytesMax,
        out ColumnType type,
        out ulong cell)
    {
        type = ColumnType.Bool;
        cell = 0;
        if (position < text.Length && text[position] == '"')
        {
            type = ColumnType.String;
            return TryReadString(text, ref position, stringSizeBytesMax, out cell);
        }

        int end = position;
        while (!LineEnds.IsValueEnd(text, end))
        {
            end++;
        }

        ReadOnlySpan<byte> word = text[position..end];
        if (IsTrue(word))
        {
            cell = 1;
        }
        else if (!IsFalse(word))
        {
            return NumberReader.IsNotFinite(word) ? RejectReason.NotFinite : RejectReason.MalformedField;
        }

        position = end;
        return RejectReason.None;
    }

    private static RejectReason TryReadString(
        ReadOnlySpan<byte> text, ref int position, int sizeBytesMax, out ulong cell)
    {
        cell = 0;
        int start = position + 1;
        int end = LineEnds.FindStringEnd(text, start);
        if (end < 0)
        {
            return RejectReason.UnterminatedString;
        }

        if (!LineEnds.IsValueEnd(text, end))
        {
            return RejectReason.MalformedField;
        }

        TextSpan content = new(start, end - 1 - start);
        if (content.SizeBytes > sizeBytesMax)
        {
            return RejectReason.StringTooLong;
        }

        cell = content.ToCell();
        position = end;
        return RejectReason.None;
    }

    private static bool IsTrue(ReadOnlySpan<byte> word) => word.Length == 1
        ? word[0] is (byte)'t' or (byte)'T'
        : word.SequenceEqual("true"u8) || word.SequenceEqual("True"u8) || word.SequenceEqual("TRUE"u8);

    private static bool IsFalse(ReadOnlySpan<byte> word) => word.Length == 1
        ? word[0] is (byte)'f' or (byte)'F'
        : word.SequenceEqual("false"u8) || word.SequenceEqual("False"u8) || word.SequenceEqual("FALSE"u8);
}
