namespace Tsdb.Ingest.Parse;

/// <summary>The unit of the timestamps of a write request.</summary>
public enum TimestampPrecision : byte
{
    /// <summary>Nanoseconds; what line protocol means when nothing is said.</summary>
    Nanosecond = 0,

    /// <summary>Microseconds.</summary>
    Microsecond,

    /// <summary>Milliseconds.</summary>
    Millisecond,

    /// <summary>Seconds.</summary>
    Second,

    /// <summary>Minutes.</summary>
    Minute,

    /// <summary>Hours.</summary>
    Hour,
}

/// <summary>What a <see cref="TimestampPrecision"/> is called and what it is worth.</summary>
public static class TimestampPrecisions
{
    /// <summary>
    /// The precision that a request names: <c>ns n us u µ µs ms s m h</c>, as InfluxDB 1 and 2 and QuestDB
    /// do. Upper case is another name, so refused.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimestampPrecision precision)
    {
        TimestampPrecision? found = text switch
        {
            "ns" or "n" => TimestampPrecision.Nanosecond,
            "us" or "u" or "\u00B5" or "\u00B5s" or "\u03BC" or "\u03BCs" => TimestampPrecision.Microsecond,
            "ms" => TimestampPrecision.Millisecond,
            "s" => TimestampPrecision.Second,
            "m" => TimestampPrecision.Minute,
            "h" => TimestampPrecision.Hour,
            _ => null,
        };
        precision = found.GetValueOrDefault();
        return found is not null;
    }

    /// <summary>Nanoseconds in one unit.</summary>
    public static long GetUnitNs(this TimestampPrecision precision) => precision switch
    {
        TimestampPrecision.Nanosecond => 1,
        TimestampPrecision.Microsecond => 1_000,
        TimestampPrecision.Millisecond => 1_000_000,
        TimestampPrecision.Second => 1_000_000_000,
        TimestampPrecision.Minute => 60_000_000_000,
        _ => 3_600_000_000_000,
    };
}
