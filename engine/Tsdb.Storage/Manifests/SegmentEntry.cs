using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Manifests;

/// <summary>One live segment as the manifest names it. Time ranges and LSN ranges include both
/// ends.</summary>
internal sealed record SegmentEntry
{
    /// <summary>Number in the file's name; unique in the database for ever.</summary>
    public required long SegmentNumber { get; init; }

    public required int Shard { get; init; }

    public required SegmentRole Role { get; init; }

    public required long WindowStartNs { get; init; }

    public required long WindowSizeNs { get; init; }

    public required long MinTimestampNs { get; init; }

    public required long MaxTimestampNs { get; init; }

    public required ulong MinLsn { get; init; }

    public required ulong MaxLsn { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>CRC32C of the segment's footer: a file with another one is not this segment.</summary>
    public required uint FooterCrc32C { get; init; }

    public required Guid Uuid { get; init; }

    /// <summary>Deletes up to this LSN were carried out when it was written.</summary>
    public ulong AppliedLsn { get; init; }
}
