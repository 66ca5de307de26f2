namespace Tsdb.Core;

/// <summary>
/// Names one series (a table and a sorted tag set) within one database, for ever. Dense per shard:
/// <c>Value % shardCount</c> is the shard, <c>Value / shardCount</c> the series' place in it.
/// </summary>
/// <param name="Value">The number; <see cref="uint.MaxValue"/> is never given out.</param>
public readonly record struct SeriesId(uint Value) : IComparable<SeriesId>
{
    /// <inheritdoc />
    public int CompareTo(SeriesId other) => Value.CompareTo(other.Value);

    /// <summary>Created before, within one shard.</summary>
    public static bool operator <(SeriesId left, SeriesId right) => left.Value < right.Value;

    /// <summary>Created after, within one shard.</summary>
    public static bool operator >(SeriesId left, SeriesId right) => left.Value > right.Value;

    /// <summary>The same or created before, within one shard.</summary>
    public static bool operator <=(SeriesId left, SeriesId right) => left.Value <= right.Value;

    /// <summary>The same or created after, within one shard.</summary>
    public static bool operator >=(SeriesId left, SeriesId right) => left.Value >= right.Value;
}
