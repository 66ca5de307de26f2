// Header of a log file: the first 4096 bytes of wal/NNNNNNNN.wal. Little-endian. docs/formats/wal.md
//
//   offset size field
//        0    8 magic "TSDBWALF"
//        8    2 format version (1)
//       10    2 lane
//       12    4 incompatible feature bits: a reader that does not know one refuses the file
//       16   16 database UUID, big-endian byte order
//       32    8 file sequence = the number in the file's name
//       40    8 first LSN: of the first frame here. Every frame below it is durable in earlier files;
//               frames at or above it in earlier files are void
//       48    4 previous CRC: header CRC32C of the frame before the first LSN; 0 when there is none
//       52    4 zero
//       56    8 commit floor: no frame from here on is committed before it, but for those that are logged
//               again; ns since 1970, 0 where it is not known
//       64 4028 zero
//     4092    4 CRC32C of bytes 0..4091
//
// Valid: magic, CRC, UUID, lane and sequence match. A file gets its name only after its header is durable, so
// a named file without a valid header is damaged, never half made.
using System.Buffers.Binary;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Wal;

/// <summary>What stands at the beginning of a log file.</summary>
internal readonly record struct WalFileHeader(
    long FileSequence, ulong FirstLsn, uint PreviousCrc32C, long CommitFloorNs)
{
    public const int SizeBytes = WalFrame.UnitSizeBytes;
    public const ushort FormatVersion = 1;
    public const uint KnownFeatures = 0;

    /// <summary>How much <see cref="PeekSequence"/> looks at.</summary>
    public const int PeekSizeBytes = 512;

    private const ulong Magic = 0x464C_4157_4244_5354; // "TSDBWALF"
    private const int VersionOffset = 8;
    private const int LaneOffset = 10;
    private const int FeaturesOffset = 12;
    private const int UuidOffset = 16;
    private const int SequenceOffset = 32;
    private const int FirstLsnOffset = 40;
    private const int PreviousCrcOffset = 48;
    private const int CommitFloorOffset = 56;
    private const int CrcOffset = SizeBytes - sizeof(uint);

    /// <summary>Fills the block, <see cref="SizeBytes"/> long.</summary>
    public void Write(Span<byte> block, WalOptions options)
    {
        block = block[..SizeBytes];
        block.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(block, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(block[VersionOffset..], FormatVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(block[LaneOffset..], options.Lane);
        BinaryPrimitives.WriteUInt32LittleEndian(block[FeaturesOffset..], KnownFeatures);
        options.DatabaseUuid.TryWriteBytes(block[UuidOffset..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(block[SequenceOffset..], FileSequence);
        BinaryPrimitives.WriteUInt64LittleEndian(block[FirstLsnOffset..], FirstLsn);
        BinaryPrimitives.WriteUInt32LittleEndian(block[PreviousCrcOffset..], PreviousCrc32C);
        BinaryPrimitives.WriteInt64LittleEndian(block[CommitFloorOffset..], CommitFloorNs);
        BinaryPrimitives.WriteUInt32LittleEndian(block[CrcOffset..], Crc32C.Compute(block[..CrcOffset]));
    }

    /// <summary>Reads a block. Null and a reason when it is not the header of that file of that
    /// log.</summary>
    /// <exception cref="WalUnsupportedException">It is sound, but from a newer version.</exception>
    public static WalFileHeader? Read(
        ReadOnlySpan<byte> block, WalOptions options, string path, long fileSequence, out string reason)
    {
        reason = FindFlaw(block, options, path, fileSequence);
        return reason.Length > 0
            ? null
            : new WalFileHeader(
                fileSequence,
                BinaryPrimitives.ReadUInt64LittleEndian(block[FirstLsnOffset..]),
                BinaryPrimitives.ReadUInt32LittleEndian(block[PreviousCrcOffset..]),
                BinaryPrimitives.ReadInt64LittleEndian(block[CommitFloorOffset..]));
    }

    /// <summary>The sequence that a file's frames may have, whether its header is sound or not.</summary>
    public static long PeekSequence(ReadOnlySpan<byte> block) =>
        BinaryPrimitives.ReadUInt64LittleEndian(block) == Magic
            ? BinaryPrimitives.ReadInt64LittleEndian(block[SequenceOffset..])
            : 0;

    private static string FindFlaw(
        ReadOnlySpan<byte> block, WalOptions options, string path, long fileSequence)
    {
        if (block.Length < SizeBytes)
        {
            return $"a header of {block.Length} bytes";
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(block) != Magic)
        {
            return "no magic";
        }

        uint actualCrc = Crc32C.Compute(block[..CrcOffset]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(block[CrcOffset..]) != actualCrc)
        {
            return $"header CRC32C {actualCrc:x8}";
        }

        int version = BinaryPrimitives.ReadUInt16LittleEndian(block[VersionOffset..]);
        uint features = BinaryPrimitives.ReadUInt32LittleEndian(block[FeaturesOffset..]);
        if (version > FormatVersion || (features & ~KnownFeatures) != 0)
        {
            throw new WalUnsupportedException(path, 0, $"version {version}, feature bits {features:x8}");
        }

        var uuid = new Guid(block.Slice(UuidOffset, 16), bigEndian: true);
        long sequence = BinaryPrimitives.ReadInt64LittleEndian(block[SequenceOffset..]);
        int lane = BinaryPrimitives.ReadUInt16LittleEndian(block[LaneOffset..]);
        ulong firstLsn = BinaryPrimitives.ReadUInt64LittleEndian(block[FirstLsnOffset..]);
        bool isOurs = uuid == options.DatabaseUuid && sequence == fileSequence && lane == options.Lane;
        return isOurs && firstLsn > 0
            ? ""
            : $"file {sequence} of lane {lane} of database {uuid}, first LSN {firstLsn}";
    }
}
