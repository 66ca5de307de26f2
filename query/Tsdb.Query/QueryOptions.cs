using Tsdb.Core;

namespace Tsdb.Query;

/// <summary>Limits and resources of every query of one <see cref="ReadPath"/>. Immutable.</summary>
public sealed record QueryOptions
{
    /// <summary>Most bytes that one query may hold at a time: groups, sorted rows, texts.</summary>
    public long MemoryBytesMax { get; init; } = 1L << 30;

    /// <summary>Pays for all queries together, and is what SHOW MEMORY shows; null where nobody keeps
    /// accounts.</summary>
    public MemoryBudget? Memory { get; init; }

    /// <summary>Most rows that one query may return.</summary>
    public long RowCountMax { get; init; } = long.MaxValue;

    /// <summary>Longest time from start to last row; null for none.</summary>
    public TimeSpan? DurationMax { get; init; }

    /// <summary>Whether rollup tiers stand in for rows where they say the same.</summary>
    public bool UsesRollups { get; init; } = true;

    /// <summary>Threads that aggregate, the caller's included; at least 1.</summary>
    public int WorkerCount { get; init; } = Environment.ProcessorCount;
}
