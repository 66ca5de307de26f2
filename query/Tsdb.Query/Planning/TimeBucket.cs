using Tsdb.Core;
using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>A division of time into buckets: of a fixed length from an origin, or of whole calendar months,
/// UTC.</summary>
internal sealed record TimeBucket(DurationLiteral Every, long OriginNs)
{
    // 1970-01-05, a Monday: weeks begin there.
    private const long MondayNs = 4 * 86_400 * Timestamp.NsPerSecond;
    private const long WeekNs = 7 * 86_400 * Timestamp.NsPerSecond;

    /// <summary>Buckets from the epoch; those of whole weeks from a Monday.</summary>
    public static TimeBucket FromEpoch(DurationLiteral every) =>
        new(every, every.Months == 0 && every.Ns % WeekNs == 0 ? MondayNs : 0);

    /// <summary>The start of the bucket that holds the instant.</summary>
    public long FloorNs(long timestampNs)
    {
        if (Every.Months != 0)
        {
            return StartOfMonthNs(FloorMonth(timestampNs));
        }

        return (long)Int128.Max(Floor(timestampNs), long.MinValue);
    }

    /// <summary>The start of the bucket after the one that starts here; the largest instant when there is
    /// none.</summary>
    public long NextNs(long startNs)
    {
        if (Every.Months != 0)
        {
            return StartOfMonthNs(FloorMonth(startNs) + Every.Months);
        }

        // The first bucket of all may begin before time does: its start is cut, the next one's is not.
        Int128 start = startNs == long.MinValue ? Floor(startNs) : startNs;
        return (long)Int128.Min(start + Every.Ns, long.MaxValue);
    }

    public override string ToString() => Every.ToString();

    private Int128 Floor(long timestampNs)
    {
        Int128 rest = ((Int128)timestampNs - OriginNs) % Every.Ns;
        return timestampNs - (rest < 0 ? rest + Every.Ns : rest);
    }

    private long FloorMonth(long timestampNs)
    {
        long months = MonthsSince1970(timestampNs);
        return months - Modulo(months - MonthsSince1970(OriginNs), Every.Months);
    }

    private static long Modulo(long value, long divisor)
    {
        long rest = value % divisor;
        return rest < 0 ? rest + divisor : rest;
    }

    private static int MonthsSince1970(long timestampNs)
    {
        long days = timestampNs / (86_400 * Timestamp.NsPerSecond);
        if (timestampNs % (86_400 * Timestamp.NsPerSecond) < 0)
        {
            days--;
        }

        DateTime date = DateTime.UnixEpoch.AddDays(days);
        return ((date.Year - 1970) * 12) + date.Month - 1;
    }

    // Cut to the time that nanoseconds in 64 bits can tell, which is less than that of a date.
    private static long StartOfMonthNs(long monthsSince1970)
    {
        int month = (int)Modulo(monthsSince1970, 12);
        long year = 1970 + ((monthsSince1970 - month) / 12);
        if (year is < 1 or > 9999)
        {
            return year < 1 ? long.MinValue : long.MaxValue;
        }

        return Timestamp.From(new DateTimeOffset((int)year, month + 1, 1, 0, 0, 0, TimeSpan.Zero)).UnixNs;
    }
}
