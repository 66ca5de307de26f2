using System.Globalization;

namespace Tsdb.Core;

/// <summary>
/// An instant in UTC: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
/// Range 1677-09-21T00:12:43.145224192Z to 2262-04-11T23:47:16.854775807Z.
/// </summary>
/// <param name="UnixNs">Nanoseconds since the epoch; negative before 1970.</param>
public readonly record struct Timestamp(long UnixNs) : IComparable<Timestamp>
{
    /// <summary>Nanoseconds in one second.</summary>
    public const long NsPerSecond = 1_000_000_000;

    private const long NsPerTick = 100;

    /// <summary>The earliest instant.</summary>
    public static Timestamp MinValue => new(long.MinValue);

    /// <summary>The latest instant.</summary>
    public static Timestamp MaxValue => new(long.MaxValue);

    /// <summary>The instant of a .NET date, exact to its 100 ns ticks; clamped to the range above.</summary>
    public static Timestamp From(DateTimeOffset value)
    {
        Int128 ns = (Int128)(value.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * NsPerTick;
        return new((long)Int128.Clamp(ns, long.MinValue, long.MaxValue));
    }

    /// <summary>The clock's present instant.</summary>
    public static Timestamp Now(TimeProvider clock) => From(clock.GetUtcNow());

    /// <inheritdoc />
    public int CompareTo(Timestamp other) => UnixNs.CompareTo(other.UnixNs);

    /// <summary>Earlier than.</summary>
    public static bool operator <(Timestamp left, Timestamp right) => left.UnixNs < right.UnixNs;

    /// <summary>Later than.</summary>
    public static bool operator >(Timestamp left, Timestamp right) => left.UnixNs > right.UnixNs;

    /// <summary>Not later than.</summary>
    public static bool operator <=(Timestamp left, Timestamp right) => left.UnixNs <= right.UnixNs;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(Timestamp left, Timestamp right) => left.UnixNs >= right.UnixNs;

    /// <summary>RFC 3339 in UTC with exactly nine fraction digits, as
    /// <c>2026-11-22T10:00:00.000000001Z</c>.</summary>
    public override string ToString()
    {
        long seconds = Math.DivRem(UnixNs, NsPerSecond, out long fractionNs);
        if (fractionNs < 0)
        {
            seconds--;
            fractionNs += NsPerSecond;
        }

        DateTime date = DateTime.UnixEpoch.AddSeconds(seconds);
        return string.Create(CultureInfo.InvariantCulture, $"{date:yyyy-MM-dd'T'HH:mm:ss}.{fractionNs:D9}Z");
    }
}
