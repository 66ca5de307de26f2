namespace Tsdb.Core;

/// <summary>What can be set on a table. Immutable.</summary>
public sealed record TableOptions
{
    /// <summary>Nothing set.</summary>
    public static TableOptions None { get; } = new();

    /// <summary>Rows older than this, by event time, are not shown and make room; null keeps all.</summary>
    public TimeSpan? Ttl { get; init; }
}
