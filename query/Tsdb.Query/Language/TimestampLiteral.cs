using System.Globalization;
using Tsdb.Core;

namespace Tsdb.Query.Language;

/// <summary>
/// Instants as written: <c>2016-01-01</c>, <c>2016-01-01 00:30</c>, <c>2016-01-01T00:30:00.123456789Z</c>,
/// with an offset such as <c>+01:00</c>. Without one the time is UTC.
/// </summary>
internal static class TimestampLiteral
{
    private const int FractionDigitsMax = 9;

    /// <summary>Reads an instant in ns since the epoch; false when malformed or out of range.</summary>
    public static bool TryParse(string text, out long timestampNs)
    {
        timestampNs = 0;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest.Length < 10
            || !DateOnly.TryParseExact(
                rest[..10],
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out DateOnly date))
        {
            return false;
        }

        Int128 ns = (Int128)(date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber)
            * 86_400 * Timestamp.NsPerSecond;
        rest = rest[10..];
        if (!rest.IsEmpty && rest[0] is 'T' or 't' or ' ')
        {
            rest = rest[1..].TrimStart();
            if (!TryReadClock(ref rest, out long clockNs))
            {
                return false;
            }

            ns += clockNs;
        }

        if (!TryReadZone(rest.TrimStart(), out long offsetNs))
        {
            return false;
        }

        ns -= offsetNs;
        if (ns < long.MinValue || ns > long.MaxValue)
        {
            return false;
        }

        timestampNs = (long)ns;
        return true;
    }

    // HH:MM[:SS[.fraction]]; 60 as a leap second is refused, 24:00 too.
    private static bool TryReadClock(ref ReadOnlySpan<char> rest, out long clockNs)
    {
        clockNs = 0;
        if (!TryReadTwoDigits(ref rest, 23, out int hours) || !TrySkip(ref rest, ':')
            || !TryReadTwoDigits(ref rest, 59, out int minutes))
        {
            return false;
        }

        int seconds = 0;
        long fractionNs = 0;
        if (TrySkip(ref rest, ':'))
        {
            if (!TryReadTwoDigits(ref rest, 59, out seconds))
            {
                return false;
            }

            bool hasFraction = TrySkip(ref rest, '.') || TrySkip(ref rest, ',');
            if (hasFraction && !TryReadFraction(ref rest, out fractionNs))
            {
                return false;
            }
        }

        clockNs = (((hours * 60L) + minutes) * 60 + seconds) * Timestamp.NsPerSecond + fractionNs;
        return true;
    }

    private static bool TryReadFraction(ref ReadOnlySpan<char> rest, out long fractionNs)
    {
        fractionNs = 0;
        int digitCount = 0;
        while (digitCount < rest.Length && char.IsAsciiDigit(rest[digitCount]))
        {
            digitCount++;
        }

        if (digitCount is 0 or > FractionDigitsMax)
        {
            return false;
        }

        for (int i = 0; i < FractionDigitsMax; i++)
        {
            fractionNs = (fractionNs * 10) + (i < digitCount ? rest[i] - '0' : 0);
        }

        rest = rest[digitCount..];
        return true;
    }

    private static bool TryReadZone(ReadOnlySpan<char> zone, out long offsetNs)
    {
        offsetNs = 0;
        if (zone.IsEmpty || zone is "Z" or "z" || zone.Equals("UTC", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        int sign = zone[0] == '-' ? -1 : 1;
        if (zone[0] is not ('+' or '-'))
        {
            return false;
        }

        zone = zone[1..];
        int minutes = 0;
        if (!TryReadTwoDigits(ref zone, 18, out int hours))
        {
            return false;
        }

        TrySkip(ref zone, ':');
        if (!zone.IsEmpty && !TryReadTwoDigits(ref zone, 59, out minutes))
        {
            return false;
        }

        offsetNs = sign * ((hours * 60L) + minutes) * 60 * Timestamp.NsPerSecond;
        return zone.IsEmpty;
    }

    private static bool TryReadTwoDigits(ref ReadOnlySpan<char> rest, int max, out int value)
    {
        value = 0;
        if (rest.Length < 2 || !char.IsAsciiDigit(rest[0]) || !char.IsAsciiDigit(rest[1]))
        {
            return false;
        }

        value = ((rest[0] - '0') * 10) + (rest[1] - '0');
        rest = rest[2..];
        return value <= max;
    }

    private static bool TrySkip(ref ReadOnlySpan<char> rest, char c)
    {
        if (rest.IsEmpty || rest[0] != c)
        {
            return false;
        }

        rest = rest[1..];
        return true;
    }
}
