using System.Globalization;
using Tsdb.Core;

namespace Tsdb.Query.Language;

/// <summary>A span of time as written: whole calendar months, and nanoseconds. One of the two is often
/// 0.</summary>
/// <param name="Months">Calendar months.</param>
/// <param name="Ns">Nanoseconds.</param>
internal readonly record struct DurationLiteral(int Months, long Ns)
{
    private const long NsPerHour = 3600 * Timestamp.NsPerSecond;

    // The product with any unit stays inside a decimal; the sum is checked against 64 bits after.
    private const decimal CountMax = 1e12m;

    // Case matters: m is a minute, M a month.
    private static readonly Dictionary<string, DurationLiteral> _units = new(StringComparer.Ordinal)
    {
        ["n"] = new(0, 1),
        ["U"] = new(0, 1000),
        ["u"] = new(0, 1000),
        ["µs"] = new(0, 1000),
        ["T"] = new(0, 1_000_000),
        ["m"] = new(0, 60 * Timestamp.NsPerSecond),
        ["M"] = new(1, 0),
        ["H"] = new(0, NsPerHour),
    };

    private static readonly Dictionary<string, DurationLiteral> _words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ns"] = new(0, 1),
        ["nanosecond"] = new(0, 1),
        ["us"] = new(0, 1000),
        ["microsecond"] = new(0, 1000),
        ["ms"] = new(0, 1_000_000),
        ["millisecond"] = new(0, 1_000_000),
        ["s"] = new(0, Timestamp.NsPerSecond),
        ["sec"] = new(0, Timestamp.NsPerSecond),
        ["second"] = new(0, Timestamp.NsPerSecond),
        ["min"] = new(0, 60 * Timestamp.NsPerSecond),
        ["minute"] = new(0, 60 * Timestamp.NsPerSecond),
        ["h"] = new(0, NsPerHour),
        ["hr"] = new(0, NsPerHour),
        ["hour"] = new(0, NsPerHour),
        ["d"] = new(0, 24 * NsPerHour),
        ["day"] = new(0, 24 * NsPerHour),
        ["w"] = new(0, 7 * 24 * NsPerHour),
        ["week"] = new(0, 7 * 24 * NsPerHour),
        ["mon"] = new(1, 0),
        ["month"] = new(1, 0),
        ["y"] = new(12, 0),
        ["year"] = new(12, 0),
    };

    /// <summary>Reads <c>5m</c>, <c>1h30m</c>, <c>-1 day 2 hours</c>, <c>0.5 s</c>,
    /// <c>02:30:00</c>.</summary>
    public static bool TryParse(string text, out DurationLiteral duration)
    {
        duration = default;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest.Contains(':') && TimeSpan.TryParse(rest, CultureInfo.InvariantCulture, out TimeSpan clock))
        {
            duration = new(0, clock.Ticks * 100);
            return true;
        }

        Int128 months = 0;
        Int128 ns = 0;
        bool any = false;
        while (!rest.IsEmpty)
        {
            if (!TryReadPart(ref rest, out decimal count, out DurationLiteral unit))
            {
                return false;
            }

            any = true;
            months += (Int128)(count * unit.Months);
            ns += (Int128)decimal.Round(count * unit.Ns);
        }

        if (!any || Int128.Abs(months) > int.MaxValue || Int128.Abs(ns) > long.MaxValue)
        {
            return false;
        }

        duration = new((int)months, (long)ns);
        return true;
    }

    /// <summary>The unit of a name such as <c>hour</c>, <c>hours</c>, <c>h</c>.</summary>
    public static bool TryFindUnit(string name, out DurationLiteral unit) =>
        _units.TryGetValue(name, out unit)
        || _words.TryGetValue(name, out unit)
        || (name.Length > 2 && name[^1] is 's' or 'S' && _words.TryGetValue(name[..^1], out unit));

    /// <summary>As an error message or a plan shows it.</summary>
    public override string ToString()
    {
        if (Months != 0)
        {
            return Months % 12 == 0 ? $"{Months / 12}y" : $"{Months}M";
        }

        (string Name, long Ns)[] units =
        [
            ("d", 24 * NsPerHour), ("h", NsPerHour), ("m", 60 * Timestamp.NsPerSecond),
            ("s", Timestamp.NsPerSecond), ("ms", 1_000_000), ("us", 1000),
        ];
        foreach ((string name, long unitNs) in units)
        {
            if (Ns != 0 && Ns % unitNs == 0)
            {
                return $"{Ns / unitNs}{name}";
            }
        }

        return $"{Ns}ns";
    }

    private static bool TryReadPart(ref ReadOnlySpan<char> rest, out decimal count, out DurationLiteral unit)
    {
        unit = default;
        int end = 0;
        while (end < rest.Length
            && (char.IsAsciiDigit(rest[end]) || rest[end] == '.' || (end == 0 && rest[0] is '-' or '+')))
        {
            end++;
        }

        if (end > 20
            || !decimal.TryParse(rest[..end], NumberStyles.Number, CultureInfo.InvariantCulture, out count))
        {
            count = 0;
            return false;
        }

        rest = rest[end..].TrimStart();
        int unitEnd = 0;
        while (unitEnd < rest.Length && char.IsLetter(rest[unitEnd]))
        {
            unitEnd++;
        }

        bool found = TryFindUnit(rest[..unitEnd].ToString(), out unit);
        rest = rest[unitEnd..].TrimStart();
        return found && Math.Abs(count) < CountMax;
    }
}
