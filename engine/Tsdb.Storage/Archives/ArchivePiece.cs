// A run of the log's frames on a target: NAME/archive/UUID/FIRST-LAST.log. Little-endian.
// docs/formats/archive.md
//
//   offset size field
//        0    8 magic "TSDBARCH"
//        8    4 format version (1)
//       12    4 incompatible feature bits; none is defined: any set bit is refused
//       16   16 database UUID, big-endian byte order
//       32    8 first LSN
//       40    8 last LSN
//       48    8 commit time of the first frame, ns since 1970
//       56    8 commit time of the last frame
//       64    4 zero
//       68    4 CRC32C of bytes 0..67
//       72      frames with LSNs first, first + 1 … last; then the SHA-256 of all before it
//
//   frame
//        0    8 LSN
//        8    8 commit time, never less than in the frame before
//       16    4 payload size in bytes
//       20    4 payload kind
//       24    4 payload CRC32C
//       28    4 CRC32C of bytes 0..27
//       32      payload, as in the log
//
// Valid: all checksums match, UUID and LSNs are those of its key, and the last frame ends where the SHA-256
// begins.
using System.Buffers.Binary;

namespace Tsdb.Storage.Archives;

/// <summary>How a run of archived frames is laid out.</summary>
internal static class ArchivePiece
{
    public const int FormatVersion = 1;
    public const uint KnownFeatures = 0;
    public const int HeaderSizeBytes = 72;
    public const int FrameHeaderSizeBytes = 32;
    public const int DigestSizeBytes = 32;

    public const int VersionOffset = 8;
    public const int FeaturesOffset = 12;
    public const int UuidOffset = 16;
    public const int FirstLsnOffset = 32;
    public const int LastLsnOffset = 40;
    public const int FirstTimeOffset = 48;
    public const int LastTimeOffset = 56;
    public const int HeaderCrcOffset = 68;

    public const int FrameTimeOffset = 8;
    public const int FrameSizeOffset = 16;
    public const int FrameKindOffset = 20;
    public const int FramePayloadCrcOffset = 24;
    public const int FrameCrcOffset = 28;

    /// <summary>What a piece begins with.</summary>
    public static ReadOnlySpan<byte> Magic => "TSDBARCH"u8;

    /// <summary>Fills the header of a piece.</summary>
    public static void WriteHeader(
        Span<byte> target, Guid databaseUuid, ArchiveRange range, long firstTimeNs, long lastTimeNs)
    {
        target = target[..HeaderSizeBytes];
        target.Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteInt32LittleEndian(target[VersionOffset..], FormatVersion);
        databaseUuid.TryWriteBytes(target[UuidOffset..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt64LittleEndian(target[FirstLsnOffset..], range.FirstLsn);
        BinaryPrimitives.WriteUInt64LittleEndian(target[LastLsnOffset..], range.LastLsn);
        BinaryPrimitives.WriteInt64LittleEndian(target[FirstTimeOffset..], firstTimeNs);
        BinaryPrimitives.WriteInt64LittleEndian(target[LastTimeOffset..], lastTimeNs);
        BinaryPrimitives.WriteUInt32LittleEndian(
            target[HeaderCrcOffset..], Codecs.Crc32C.Compute(target[..HeaderCrcOffset]));
    }
}
