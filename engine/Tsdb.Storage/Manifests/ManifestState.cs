using System.Collections.Immutable;
using Tsdb.Storage.Deletes;

namespace Tsdb.Storage.Manifests;

/// <summary>What the manifest says at one commit. Immutable; safe to keep and to read from any
/// thread.</summary>
internal sealed record ManifestState
{
    /// <summary>The database's identity; its log and segments carry it.</summary>
    public required Guid DatabaseUuid { get; init; }

    /// <summary>Number of the commit, from 1.</summary>
    public required long CommitNumber { get; init; }

    /// <summary>Per shard: every frame of the log up to it is in segments.</summary>
    public required ImmutableArray<ulong> FlushedLsns { get; init; }

    /// <summary>Above every segment number that was ever committed.</summary>
    public required long NextSegmentNumber { get; init; }

    /// <summary>Live segments by number.</summary>
    public required ImmutableSortedDictionary<long, SegmentEntry> Segments { get; init; }

    /// <summary>The catalogue's log; null before the first.</summary>
    public required CatalogLogEntry? CatalogLog { get; init; }

    /// <summary>The highest LSN of the log known durable at the commit.</summary>
    public required ulong KnownDurableLsn { get; init; }

    /// <summary>Deletes that are not carried out everywhere.</summary>
    public TombstoneSet Tombstones { get; init; } = TombstoneSet.Empty;

    /// <summary>The time by which rows expire, ns since 1970; null before any is known.</summary>
    public long? EventTimeNs { get; init; }

    /// <summary>What the segments of the role Rollup hold, by segment number.</summary>
    public ImmutableSortedDictionary<long, RollupEntry> Rollups { get; init; } =
        ImmutableSortedDictionary<long, RollupEntry>.Empty;

    /// <summary>Damaged parts of live segments.</summary>
    public ImmutableArray<SegmentDamage> Damages { get; init; } = [];

    /// <summary>How far verifying has come; null before the first pass.</summary>
    public ScrubMark? Scrub { get; init; }

    /// <summary>Number of virtual shards; fixed for the database's life.</summary>
    public int ShardCount => FlushedLsns.Length;

    /// <summary>Every frame up to it is in segments in every shard: where a replay starts and the log may
    /// end.</summary>
    public ulong FlushedLsnOfAllShards
    {
        get
        {
            ulong lowest = ulong.MaxValue;
            foreach (ulong lsn in FlushedLsns)
            {
                lowest = Math.Min(lowest, lsn);
            }

            return lowest;
        }
    }

    /// <summary>The state before the first commit.</summary>
    public static ManifestState CreateNew(Guid databaseUuid, int shardCount) => new()
    {
        DatabaseUuid = databaseUuid,
        CommitNumber = 0,
        FlushedLsns = [.. new ulong[shardCount]],
        NextSegmentNumber = 1,
        Segments = ImmutableSortedDictionary<long, SegmentEntry>.Empty,
        CatalogLog = null,
        KnownDurableLsn = 0,
    };
}
