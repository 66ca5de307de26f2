using Tsdb.Storage;

namespace Tsdb.Server.Options;

/// <summary>Everything that can be set on a server. Validated once at start, immutable after.</summary>
public sealed record ServerOptions
{
    /// <summary>The data directory; created if it is not there.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Address of every listener. Only loopback addresses are taken.</summary>
    public string Bind { get; init; } = "127.0.0.1";

    /// <summary>HTTP/1.1; 0 picks a free port.</summary>
    public int HttpPort { get; init; } = 9000;

    /// <summary>gRPC over cleartext HTTP/2; 0 picks a free port.</summary>
    public int GrpcPort { get; init; } = 9001;

    /// <summary>Line protocol over TCP; 0 picks a free port.</summary>
    public int IlpPort { get; init; } = 9009;

    /// <summary>Most senders of line protocol over TCP at a time; further ones are closed at once.</summary>
    public int IlpConnectionCountMax { get; init; } = 256;

    /// <summary>Most connections at a time to the HTTP port, and as many to the gRPC port; further ones are
    /// closed at once.</summary>
    public int HttpConnectionCountMax { get; init; } = 1024;

    /// <summary>What the process may use in all; null for what its container or machine has.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>Whether the managed heap of the process is kept within its part of the limit. Not for a
    /// process that does other things besides.</summary>
    public bool LimitsHeap { get; init; }

    /// <summary>Most bytes in one write request, after decompression.</summary>
    public long WriteSizeBytesMax { get; init; } = 1L << 30;

    /// <summary>Most bytes in one gRPC message or Arrow message received.</summary>
    public int MessageSizeBytesMax { get; init; } = 64 << 20;

    /// <summary>Most bytes in the buffers of one Arrow batch received, after decompression.</summary>
    public int ArrowBodySizeBytesMax { get; init; } = 256 << 20;

    /// <summary>Most bytes of Arrow dictionaries that one stream received may keep.</summary>
    public long ArrowDictionarySizeBytesMax { get; init; } = 256L << 20;

    /// <summary>Most batches of one <c>WriteStream</c> that may wait for their acknowledgement.</summary>
    public int StreamWindowCountMax { get; init; } = 16;

    /// <summary>Most bytes that one query may hold at a time.</summary>
    public long QueryMemoryBytesMax { get; init; } = 1L << 30;

    /// <summary>Most rows that one query may return; null for any number.</summary>
    public long? QueryRowCountMax { get; init; }

    /// <summary>Longest time one query may take; null for none.</summary>
    public TimeSpan? QueryDurationMax { get; init; }

    /// <summary>Whether rollup tiers stand in for rows where they say the same.</summary>
    public bool UsesRollups { get; init; } = true;

    /// <summary>Whether the write path is taken once before the server says that it is ready.</summary>
    public bool WarmsUp { get; init; } = true;

    /// <summary>Whether SQL may not write, whichever way it comes. A GET never writes.</summary>
    public bool QueriesAreReadOnly { get; init; }

    /// <summary>Size at which a memtable is flushed; null for the storage's default.</summary>
    public long? MemtableSizeBytesMax { get; init; }

    /// <summary>Cells at which a memtable is flushed; null for the storage's default.</summary>
    public long? MemtableCellCountMax { get; init; }

    /// <summary>Size of the live log at which a memtable is flushed; null for the storage's
    /// default.</summary>
    public long? WalSizeBytesMax { get; init; }

    /// <summary>Opens databases although durable frames of their logs are gone, and goes on without
    /// them.</summary>
    public bool SkipsDamagedLog { get; init; }

    /// <summary>Statements and calls may write backups below this folder or <c>s3://</c> place; null for
    /// nowhere.</summary>
    public string? BackupRoot { get; init; }

    /// <summary>Sizes and limits of each database's storage.</summary>
    public StorageOptions Storage { get; init; } = new() { BallastSizeBytes = 64 << 20 };

    /// <summary>A folder or <c>s3://</c> place where the logs of all databases are archived; null for
    /// nowhere.</summary>
    public string? ArchiveTo { get; init; }

    /// <summary>Most bytes of log files of one database that are kept for the archive only.</summary>
    public long UnarchivedLogSizeBytesMax { get; init; } = 16L << 30;

    /// <summary>How long durable rows wait at most before they are archived.</summary>
    public TimeSpan ArchiveInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stopping server waits for requests under way.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(10);
}
