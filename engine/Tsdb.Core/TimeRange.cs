namespace Tsdb.Core;

/// <summary>A half-open span of event time, <c>[FromNs, ToNs)</c>; empty when <c>ToNs &lt;=
/// FromNs</c>.</summary>
/// <param name="FromNs">First instant inside, ns since the Unix epoch.</param>
/// <param name="ToNs">First instant after, ns since the Unix epoch. <see cref="long.MaxValue"/> means no end:
/// that last nanosecond counts as inside.</param>
public readonly record struct TimeRange(long FromNs, long ToNs)
{
    /// <summary>Every instant.</summary>
    public static TimeRange All => new(long.MinValue, long.MaxValue);

    /// <summary>Whether no instant is inside.</summary>
    public bool IsEmpty => ToNs <= FromNs;

    /// <summary>The last instant inside, ns since the Unix epoch. Meaningless when empty.</summary>
    public long LastNs => ToNs == long.MaxValue ? long.MaxValue : ToNs - 1;

    /// <summary>Whether the instant is inside.</summary>
    public bool Contains(long timestampNs) => timestampNs >= FromNs && timestampNs <= LastNs && !IsEmpty;

    /// <summary>Whether any instant of the closed span <c>[firstNs, lastNs]</c> is inside.</summary>
    public bool Overlaps(long firstNs, long lastNs) => !IsEmpty && firstNs <= LastNs && lastNs >= FromNs;

    /// <summary>Whether all of the closed span <c>[firstNs, lastNs]</c> is inside.</summary>
    public bool Covers(long firstNs, long lastNs) => !IsEmpty && firstNs >= FromNs && lastNs <= LastNs;

    /// <summary>The instants inside both.</summary>
    public TimeRange Intersect(TimeRange other) =>
        new(Math.Max(FromNs, other.FromNs), Math.Min(ToNs, other.ToNs));
}
