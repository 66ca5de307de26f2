using System.Runtime.CompilerServices;

namespace Tsdb.Ingest.Parse;

/// <summary>
/// Reads the numbers that nearly all senders send: short integers and decimals. What it does not know it
/// leaves to <see cref="NumberReader"/>; what it reads, it reads exactly.
/// </summary>
/// <remarks>
/// Reads up to <see cref="ReadSizeBytes"/> bytes from where it is told, whatever they are. A decimal has at
/// most 15 digits: digits and power of ten are then exact doubles, and IEEE division rounds their quotient
/// correctly (Clinger 1990, section 5).
/// </remarks>
internal static class PlainNumber
{
    /// <summary>Sign, a word of digits, a point, another word, and a byte to look at.</summary>
    public const int ReadSizeBytes = 1 + DigitWords.WordSize + 1 + DigitWords.WordSize + 1;

    private const int ExactDigitCountMax = 15;

    private static ReadOnlySpan<double> ExactPowersOfTen => [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

    /// <summary>Reads <c>[-]digits i</c> of at most 8 digits.</summary>
    /// <returns>The bytes read; 0 when it is something else.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadInteger(ref readonly byte at, out ulong cell)
    {
        // A branch for the sign, and no count: where the number ends must not wait for what is hardly there.
        if (at == '-')
        {
            int size = ReadMagnitude(in Unsafe.Add(ref Unsafe.AsRef(in at), 1), out cell);
            cell = unchecked(0 - cell);
            return size == 0 ? 0 : size + 1;
        }

        return ReadMagnitude(in at, out cell);
    }

    /// <summary>Reads <c>[-]digits</c> or <c>[-]digits.digits</c>, at most 8 on either side.</summary>
    /// <returns>The bytes read; 0 when it is something else. What follows may show that it is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadFloat(ref readonly byte at, out ulong cell)
    {
        if (at == '-')
        {
            int size = ReadDecimal(in Unsafe.Add(ref Unsafe.AsRef(in at), 1), out double negated);
            cell = BitConverter.DoubleToUInt64Bits(-negated);
            return size == 0 ? 0 : size + 1;
        }

        int plainSize = ReadDecimal(in at, out double value);
        cell = BitConverter.DoubleToUInt64Bits(value);
        return plainSize;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadMagnitude(ref readonly byte at, out ulong magnitude)
    {
        ulong word = DigitWords.Read(in at);
        int digitCount = DigitWords.Count(word);
        if (digitCount == 0 || Unsafe.Add(ref Unsafe.AsRef(in at), digitCount) != 'i')
        {
            magnitude = 0;
            return 0;
        }

        magnitude = DigitWords.ToNumber(word, digitCount);
        return digitCount + 1;
    }

    private static int ReadDecimal(ref readonly byte at, out double value)
    {
        ref byte start = ref Unsafe.AsRef(in at);
        ulong word = DigitWords.Read(in at);
        int digitCount = DigitWords.Count(word);
        value = 0;
        if (digitCount == 0)
        {
            return 0;
        }

        if (Unsafe.Add(ref start, digitCount) != '.')
        {
            value = (long)DigitWords.ToNumber(word, digitCount);
            return digitCount;
        }

        if (digitCount < DigitWords.WordSize
            && DigitWords.TryReadPoint(word, digitCount, out long digits, out int decimalCount))
        {
            value = digits / ExactPowersOfTen[decimalCount];
            return digitCount + 1 + decimalCount;
        }

        ulong fraction = DigitWords.Read(in Unsafe.Add(ref start, digitCount + 1));
        int fractionCount = DigitWords.Count(fraction);
        if (fractionCount == 0 || digitCount + fractionCount > ExactDigitCountMax)
        {
            return 0;
        }

        long joined = ((long)DigitWords.ToNumber(word, digitCount)
                * (long)DigitWords.PowersOfTen[fractionCount])
            + (long)DigitWords.ToNumber(fraction, fractionCount);
        value = joined / ExactPowersOfTen[fractionCount];
        return digitCount + 1 + fractionCount;
    }
}
