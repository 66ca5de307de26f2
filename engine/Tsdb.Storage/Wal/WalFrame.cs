// Frame of the log: at a multiple of 4096 in a log file, as many units of 4096 as it needs. Little-endian.
// docs/formats/wal.md
//
//   offset size field
//        0    4 magic "TWFR"
//        4    2 format version (1)
//        6    2 lane
//        8   16 database UUID, big-endian byte order
//       24    8 file sequence
//       32    8 LSN: 1 for the first frame of a log, +1 for each after it
//       40    8 known durable LSN: the highest whose sync had returned when this frame was written
//       48    8 commit time, ns since 1970, hybrid logical clock: never less than the frame before
//       56    4 flags: bits 0..7 payload kind; the others must be 0, else the reader refuses
//       60    4 payload size in bytes
//       64    4 payload CRC32C
//       68    4 header CRC32C of the frame with LSN - 1; 0 when there is none
//       72    4 zero
//       76    4 CRC32C of bytes 0..75
//       80      payload, then zeros up to a multiple of 4096
//
// Valid: magic, both CRCs, UUID, lane and sequence match, the LSN is the one that follows, and the previous
// CRC is that of the frame before. Older frames in a recycled file have an older sequence.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Wal;

/// <summary>The header of a frame and how it is laid out.</summary>
internal readonly record struct WalFrame(
    long FileSequence,
    ulong Lsn,
    ulong KnownDurableLsn,
    long CommitTimeNs,
    byte PayloadKind,
    int PayloadSizeBytes,
    uint PayloadCrc32C,
    uint PreviousCrc32C)
{
    /// <summary>Files and frames are made of these.</summary>
    public const int UnitSizeBytes = 4096;

    /// <summary>Where the payload begins.</summary>
    public const int HeaderSizeBytes = 80;

    /// <summary>The largest payload.</summary>
    public const int PayloadSizeBytesMax = 1 << 30;

    private const ushort FormatVersion = 1;
    private const uint Magic = 0x5246_5754; // "TWFR"
    private const int VersionOffset = 4;
    private const int LaneOffset = 6;
    private const int UuidOffset = 8;
    private const int SequenceOffset = 24;
    private const int LsnOffset = 32;
    private const int KnownDurableOffset = 40;
    private const int CommitTimeOffset = 48;
    private const int FlagsOffset = 56;
    private const int PayloadSizeOffset = 60;
    private const int PayloadCrcOffset = 64;
    private const int PreviousCrcOffset = 68;
    private const int ReservedOffset = 72;
    private const int HeaderCrcOffset = 76;

    /// <summary>Size of the whole frame.</summary>
    public int SizeBytes => GetSizeBytes(PayloadSizeBytes);

    /// <summary>Size of a frame around a payload.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int GetSizeBytes(int payloadSizeBytes) =>
        (HeaderSizeBytes + payloadSizeBytes + UnitSizeBytes - 1) & -UnitSizeBytes;

    /// <summary>Writes the header; gives its CRC32C.</summary>
    public uint WriteHeader(Span<byte> target, WalOptions options)
    {
        target = target[..HeaderSizeBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(target, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(target[VersionOffset..], FormatVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(target[LaneOffset..], options.Lane);
        options.DatabaseUuid.TryWriteBytes(target[UuidOffset..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(target[SequenceOffset..], FileSequence);
        BinaryPrimitives.WriteUInt64LittleEndian(target[LsnOffset..], Lsn);
        BinaryPrimitives.WriteUInt64LittleEndian(target[KnownDurableOffset..], KnownDurableLsn);
        BinaryPrimitives.WriteInt64LittleEndian(target[CommitTimeOffset..], CommitTimeNs);
        BinaryPrimitives.WriteUInt32LittleEndian(target[FlagsOffset..], PayloadKind);
        BinaryPrimitives.WriteInt32LittleEndian(target[PayloadSizeOffset..], PayloadSizeBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(target[PayloadCrcOffset..], PayloadCrc32C);
        BinaryPrimitives.WriteUInt32LittleEndian(target[PreviousCrcOffset..], PreviousCrc32C);
        BinaryPrimitives.WriteUInt32LittleEndian(target[ReservedOffset..], 0);
        uint crc = Crc32C.Compute(target[..HeaderCrcOffset]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[HeaderCrcOffset..], crc);
        return crc;
    }

    /// <summary>Reads a header of that file; the payload is not looked at.</summary>
    public static WalFrameStatus Read(
        ReadOnlySpan<byte> source,
        WalOptions options,
        long fileSequence,
        out WalFrame frame,
        out uint headerCrc)
    {
        frame = default;
        headerCrc = 0;
        if (source.Length < HeaderSizeBytes || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic)
        {
            return WalFrameStatus.Absent;
        }

        // Stale frames of the file's former life are told by their sequence, so that they do not look torn.
        if (BinaryPrimitives.ReadInt64LittleEndian(source[SequenceOffset..]) != fileSequence)
        {
            return WalFrameStatus.Absent;
        }

        headerCrc = Crc32C.Compute(source[..HeaderCrcOffset]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[HeaderCrcOffset..]) != headerCrc)
        {
            return WalFrameStatus.BadHeader;
        }

        if (new Guid(source.Slice(UuidOffset, 16), bigEndian: true) != options.DatabaseUuid
            || BinaryPrimitives.ReadUInt16LittleEndian(source[LaneOffset..]) != options.Lane)
        {
            return WalFrameStatus.Absent;
        }

        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(source[FlagsOffset..]);
        int version = BinaryPrimitives.ReadUInt16LittleEndian(source[VersionOffset..]);
        if (version > FormatVersion || flags > byte.MaxValue)
        {
            return WalFrameStatus.Unsupported;
        }

        frame = new WalFrame(
            fileSequence,
            BinaryPrimitives.ReadUInt64LittleEndian(source[LsnOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[KnownDurableOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[CommitTimeOffset..]),
            (byte)flags,
            BinaryPrimitives.ReadInt32LittleEndian(source[PayloadSizeOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[PayloadCrcOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[PreviousCrcOffset..]));
        return frame.IsPlausible ? WalFrameStatus.Valid : WalFrameStatus.BadHeader;
    }

    private bool IsPlausible =>
        PayloadSizeBytes is >= 0 and <= PayloadSizeBytesMax && Lsn > 0 && KnownDurableLsn < Lsn;
}
