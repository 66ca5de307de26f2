using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>
/// Reads field values that begin as a number: floats <c>1 1. .5 1.5 1e-3</c>, integers <c>1i</c>, unsigned
/// integers <c>1u</c>, timestamps <c>1t</c> (µs) and <c>1n</c> (ns).
/// </summary>
/// <remarks>
/// Doubles are those of <see cref="double.Parse(string)"/>, bit for bit. The fast path takes at most 15
/// digits: digits and power of ten are then exact doubles, and IEEE division rounds their quotient correctly
/// (Clinger, "How to read floating point numbers accurately", 1990, section 5).
/// </remarks>
internal static class NumberReader
{
    /// <summary>Sign, two words of digits, a point and one byte to look at.</summary>
    private const int FastSizeBytes = 32;

    private const int ExactDigitCountMax = 15;

    private const NumberStyles DoubleStyles =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static ReadOnlySpan<double> ExactPowersOfTen => [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

    /// <summary>Reads the number at <paramref name="position"/>, which moves behind it.</summary>
    /// <returns>None, or why the number is refused; the position then stays.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RejectReason TryRead(
        ReadOnlySpan<byte> text, ref int position, out ColumnType type, out ulong cell) =>
        text.Length - position >= FastSizeBytes && TryReadFast(text, ref position, out type, out cell)
            ? RejectReason.None
            : TryReadAny(text, ref position, out type, out cell);

    /// <summary>
    /// Short integers and decimals, which is nearly all there are; false leaves them to the other.
    /// </summary>
    private static bool TryReadFast(
        ReadOnlySpan<byte> text, ref int position, out ColumnType type, out ulong cell)
    {
        type = ColumnType.Float64;
        cell = 0;
        int index = position;
        bool isNegative = text[index] == '-';
        index += isNegative ? 1 : 0;
        ulong word = DigitWords.Read(text, index);
        int digitCount = DigitWords.Count(word);
        if (digitCount == 0)
        {
            return false;
        }

        byte next = text[index + digitCount];
        if (next == '.' && digitCount < DigitWords.WordSize
            && DigitWords.TryReadPoint(word, digitCount, out long digits, out int decimalCount))
        {
            index += digitCount + 1 + decimalCount;
            double quotient = digits / ExactPowersOfTen[decimalCount];
            cell = BitConverter.DoubleToUInt64Bits(isNegative ? -quotient : quotient);
            return TryEnd(text, index, ref position);
        }

        long magnitude = (long)DigitWords.ToNumber(word, digitCount);
        index += digitCount;
        if (next == 'i')
        {
            type = ColumnType.Int64;
            cell = (ulong)(isNegative ? -magnitude : magnitude);
            return TryEnd(text, index + 1, ref position);
        }

        double value = magnitude;
        if (next == '.')
        {
            word = DigitWords.Read(text, index + 1);
            int fractionCount = DigitWords.Count(word);
            if (fractionCount == 0 || digitCount + fractionCount > ExactDigitCountMax)
            {
                return false;
            }

            magnitude = (magnitude * (long)DigitWords.PowersOfTen[fractionCount])
                + (long)DigitWords.ToNumber(word, fractionCount);
            value = magnitude / ExactPowersOfTen[fractionCount];
            index += 1 + fractionCount;
        }

        cell = BitConverter.DoubleToUInt64Bits(isNegative ? -value : value);
        return TryEnd(text, index, ref position);
    }

    /// <summary>Moves behind the number if a value can end there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryEnd(ReadOnlySpan<byte> text, int end, ref int position)
    {
        if (!LineEnds.IsValueEnd(text, end))
        {
            return false;
        }

        position = end;
        return true;
    }

    private static RejectReason TryReadAny(
        ReadOnlySpan<byte> text, ref int position, out ColumnType type, out ulong cell)
    {
        int end = position;
        while (!LineEnds.IsValueEnd(text, end))
        {
            end++;
        }

        ReadOnlySpan<byte> token = text[position..end];
        RejectReason reason = token[^1] switch
        {
            (byte)'i' => TryReadInteger(token, ColumnType.Int64, 1, out type, out cell),
            (byte)'u' => TryReadUnsigned(token, out type, out cell),
            (byte)'t' => TryReadInteger(token, ColumnType.Timestamp, 1_000, out type, out cell),
            (byte)'n' when !IsNotFinite(token) =>
                TryReadInteger(token, ColumnType.Timestamp, 1, out type, out cell),
            _ => TryReadDouble(token, out type, out cell),
        };
        position = reason == RejectReason.None ? end : position;
        return reason;
    }

    private static RejectReason TryReadInteger(
        ReadOnlySpan<byte> token, ColumnType wanted, long unitNs, out ColumnType type, out ulong cell)
    {
        type = wanted;
        RejectReason reason = IntegerText.TryRead(token[..^1], out long value);
        Int128 scaled = (Int128)value * unitNs;
        bool fits = scaled == (long)scaled;
        cell = fits ? (ulong)(long)scaled : 0;
        if (wanted == ColumnType.Timestamp && (!fits || reason == RejectReason.IntegerOutOfRange))
        {
            return RejectReason.TimestampOutOfRange;
        }

        return reason;
    }

    private static RejectReason TryReadUnsigned(ReadOnlySpan<byte> token, out ColumnType type, out ulong cell)
    {
        type = ColumnType.Int64;
        RejectReason reason = IntegerText.TryRead(token[..^1], out long value);
        cell = (ulong)value;
        return token[0] == '-' ? RejectReason.MalformedNumber : reason;
    }

    private static RejectReason TryReadDouble(ReadOnlySpan<byte> token, out ColumnType type, out ulong cell)
    {
        type = ColumnType.Float64;
        cell = 0;
        if (IsNotFinite(token))
        {
            return RejectReason.NotFinite;
        }

        if (!double.TryParse(token, DoubleStyles, CultureInfo.InvariantCulture, out double value))
        {
            return RejectReason.MalformedNumber;
        }

        cell = BitConverter.DoubleToUInt64Bits(value);
        return double.IsFinite(value) ? RejectReason.None : RejectReason.NotFinite;
    }

    /// <summary>Whether the text names NaN or an infinity, in any case.</summary>
    internal static bool IsNotFinite(ReadOnlySpan<byte> token)
    {
        ReadOnlySpan<byte> name = !token.IsEmpty && token[0] is (byte)'+' or (byte)'-' ? token[1..] : token;
        return Ascii.EqualsIgnoreCase(name, "nan"u8)
            || Ascii.EqualsIgnoreCase(name, "inf"u8)
            || Ascii.EqualsIgnoreCase(name, "infinity"u8);
    }
}
