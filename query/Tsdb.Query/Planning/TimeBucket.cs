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
            int months = MonthsSince1970(timestampNs);
            int first = months - (int)Modulo(months - MonthsSince1970(OriginNs), Every.Months);
            return StartOfMonthNs(first);
        }

        Int128 offset = (Int128)timestampNs - OriginNs;
        Int128 rest = offset % Every.Ns;
        Int128 start = timestampNs - (rest < 0 ? rest + Every.Ns : rest);
        return (long)Int128.Max(start, long.MinValue);
    }

    /// <summary>The start of the bucket after the one that starts here; the largest instant when there is
    /// none.</summary>
    public long NextNs(long startNs)
    {
        if (Every.Months != 0)
        {
            return StartOfMonthNs(MonthsSince1970(startNs) + Every.Months);
        }

        long next = unchecked(startNs + Every.Ns);
        return next < startNs ? long.MaxValue : next;
    }

    public override string ToString() => Every.ToString();

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

    private static long StartOfMonthNs(int monthsSince1970)
    {
        int year = 1970 + (int)Math.Floor(monthsSince1970 / 12.0);
        int month = (int)Modulo(monthsSince1970, 12) + 1;
        return Timestamp.From(new DateTimeOffset(year, month, 1, 0, 0, 0, TimeSpan.Zero)).UnixNs;
    }
}
