namespace Tsdb.Storage.Manifests;

/// <summary>Kinds of edits in a manifest record. The numbers are on disk.</summary>
internal enum ManifestEditKind : ushort
{
    /// <summary>Starts a checkpoint: forgets all, sets identity and shard count.</summary>
    Reset = 1,

    FlushedLsn = 2,

    FlushedLsnOfAllShards = 3,

    NextSegmentNumber = 4,

    SegmentAdded = 5,

    SegmentRemoved = 6,

    CatalogLog = 7,

    KnownDurableLsn = 8,

    TombstoneAdded = 9,

    TombstoneRemoved = 10,

    /// <summary>The time by which rows expire.</summary>
    EventTime = 11,

    /// <summary>Says what a segment of the role Rollup holds.</summary>
    Rollup = 16,

    /// <summary>A part of a segment is damaged.</summary>
    DamageFound = 24,

    /// <summary>It is sound again.</summary>
    DamageEnded = 25,

    /// <summary>How far verifying has come.</summary>
    ScrubMark = 26,
}
