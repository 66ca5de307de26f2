using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tsdb.Ingest.Parse;

/// <summary>Decimal digits eight at a time in one 64-bit word, without a branch per digit.</summary>
internal static class DigitWords
{
    /// <summary>Digits in one word.</summary>
    public const int WordSize = 8;

    private const ulong Zeros = 0x3030_3030_3030_3030;

    /// <summary>10^n for the digit counts of one word.</summary>
    public static ReadOnlySpan<ulong> PowersOfTen =>
        [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    /// <summary>
    /// The eight bytes at <paramref name="position"/>, each less '0': a digit becomes 0 to 9.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ReadOnlySpan<byte> text, int position) =>
        BinaryPrimitives.ReadUInt64LittleEndian(text[position..]) ^ Zeros;

    /// <summary>The same for the eight bytes from <paramref name="at"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ref readonly byte at)
    {
        ulong word = Unsafe.ReadUnaligned<ulong>(in at);
        return (BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word)) ^ Zeros;
    }

    /// <summary>How many digits the word begins with, 0 to 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Count(ulong word)
    {
        // Adding 0x76 carries a byte above 9 into its top bit. A carry out of a byte only disturbs the bytes
        // above, and the lowest marked byte is the one that counts.
        ulong others = unchecked((word + 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080;
        return BitOperations.TrailingZeroCount(others) >> 3;
    }

    /// <summary>The value of the word's first <paramref name="count"/> digits.</summary>
    /// <param name="word">As <see cref="Read(ReadOnlySpan{byte}, int)"/> gives it.</param>
    /// <param name="count">1 to 8.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ToNumber(ulong word, int count)
    {
        // Shifting puts zero digits in front; then neighbours are joined: 1 → 2 → 4 → 8 digits.
        ulong digits = word << ((WordSize - count) * 8);
        unchecked
        {
            digits = (digits * 10) + (digits >> 8);
            ulong even = (digits & 0x0000_00FF_0000_00FF) * 0x000F_4240_0000_0064;
            ulong odd = ((digits >> 16) & 0x0000_00FF_0000_00FF) * 0x0000_2710_0000_0001;
            return (even + odd) >> 32;
        }
    }

    /// <summary>
    /// Reads a decimal number that ends within the word: its digits as one integer, the point left out.
    /// </summary>
    /// <param name="word">
    /// As <see cref="Read(ReadOnlySpan{byte}, int)"/> gives it; a '.' stands behind its first digits.
    /// </param>
    /// <param name="wholeCount">Digits before the point, 1 to 7.</param>
    /// <param name="digits">All digits as one integer.</param>
    /// <param name="decimalCount">Digits behind the point, at least 1.</param>
    /// <returns>False when the number goes on beyond the word or has nothing behind its point.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadPoint(ulong word, int wholeCount, out long digits, out int decimalCount)
    {
        int pointShift = wholeCount * 8;
        ulong wholeMask = (1UL << pointShift) - 1;
        ulong joined = (word & wholeMask) | ((word >> 8) & ~wholeMask);
        int digitCount = Count(joined | (0x80UL << 56)); // The byte moved in at the top is no digit.
        decimalCount = digitCount - wholeCount;
        digits = decimalCount == 0 ? 0 : (long)ToNumber(joined, digitCount);
        return decimalCount > 0 && digitCount < WordSize - 1;
    }
}
