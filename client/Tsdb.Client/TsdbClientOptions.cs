using Tsdb.Core;

namespace Tsdb.Client;

/// <summary>How a client talks to its server. Immutable.</summary>
public sealed record TsdbClientOptions
{
    /// <summary>The database of every call; empty means the server's default.</summary>
    public string Database { get; init; } = "";

    /// <summary>Longest time one call may take, a query's rows included; null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What acknowledgements of writes must promise.</summary>
    public Durability Durability { get; init; } = Durability.Fsync;

    /// <summary>Most bytes in one message received.</summary>
    public int MessageSizeBytesMax { get; init; } = 64 << 20;
}
