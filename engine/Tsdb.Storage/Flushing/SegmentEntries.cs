using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Flushing;

/// <summary>What the manifest says of a segment, and whether a file is the one it speaks of.</summary>
internal static class SegmentEntries
{
    public static SegmentEntry Of(SegmentReader segment)
    {
        SegmentIdentity identity = segment.Identity;
        return new SegmentEntry
        {
            SegmentNumber = identity.SegmentNumber,
            Shard = identity.Shard,
            Role = identity.Role,
            WindowStartNs = identity.Window.FromNs,

            // The window of all time is longer than an Int64 can say: it wraps, and wraps back when compared.
            WindowSizeNs = unchecked(identity.Window.ToNs - identity.Window.FromNs),
            MinTimestampNs = segment.Info.MinTimestampNs,
            MaxTimestampNs = segment.Info.MaxTimestampNs,
            MinLsn = (ulong)identity.MinLsn,
            MaxLsn = (ulong)identity.MaxLsn,
            SizeBytes = segment.Info.SizeBytes,
            FooterCrc32C = segment.Info.FooterCrc,
            Uuid = identity.Uuid,
            AppliedLsn = segment.AppliedLsn,
        };
    }

    /// <exception cref="SegmentCorruptException">The file is not the segment that the manifest
    /// names.</exception>
    public static void Verify(SegmentEntry expected, SegmentReader segment)
    {
        if (Of(segment) != expected)
        {
            throw new SegmentCorruptException(
                segment.Path, 0, "another segment's file", expected.FooterCrc32C, segment.Info.FooterCrc);
        }
    }
}
