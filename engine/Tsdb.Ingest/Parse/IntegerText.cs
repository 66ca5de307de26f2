using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>Integers written in decimal: <c>[+-]digits</c>, any number of leading zeros.</summary>
internal static class IntegerText
{
    private const int DigitCountMax = 19;

    /// <summary>Reads a whole span.</summary>
    /// <param name="digits">The integer, all of it.</param>
    /// <param name="value">Its value when it fits 64 bits.</param>
    /// <returns>None, or MalformedNumber, or IntegerOutOfRange.</returns>
    public static RejectReason TryRead(ReadOnlySpan<byte> digits, out long value)
    {
        value = 0;
        bool isNegative = !digits.IsEmpty && digits[0] == '-';
        if (!digits.IsEmpty && digits[0] is (byte)'-' or (byte)'+')
        {
            digits = digits[1..];
        }

        if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return RejectReason.MalformedNumber;
        }

        digits = digits.TrimStart((byte)'0');
        if (digits.Length > DigitCountMax)
        {
            return RejectReason.IntegerOutOfRange;
        }

        ulong magnitude = 0;
        foreach (byte digit in digits)
        {
            magnitude = (magnitude * 10) + (ulong)(digit - '0');
        }

        if (magnitude > long.MaxValue + (isNegative ? 1UL : 0))
        {
            return RejectReason.IntegerOutOfRange;
        }

        value = unchecked(isNegative ? -(long)magnitude : (long)magnitude);
        return RejectReason.None;
    }
}
