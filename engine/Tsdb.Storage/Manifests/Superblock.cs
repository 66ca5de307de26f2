// manifest/superblock: two slots of 4096 bytes. Little-endian. docs/formats/manifest.md
//
//   offset size field (of a slot)
//        0    8 magic "TSDBROOT"
//        8    2 format version (1)
//       10    2 zero
//       12    4 incompatible feature bits: a reader that does not know one refuses the database
//       16   16 database UUID, big-endian byte order
//       32    8 generation: +1 for each new manifest log
//       40    8 number of the manifest log
//       48    8 commit number of that log's checkpoint
//       56 4036 zero
//     4092    4 CRC32C of bytes 0..4091
//
// Valid: magic and CRC match. The newer valid slot wins. Both are written one after the other, each synced,
// so a torn or damaged slot leaves the other.
using System.Buffers.Binary;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Manifests;

/// <summary>Which manifest log is the present one.</summary>
internal readonly record struct Superblock(
    Guid DatabaseUuid, long Generation, long LogNumber, long CheckpointNumber)
{
    public const int SlotSizeBytes = 4096;
    public const int SlotCount = 2;

    private const ushort FormatVersion = 1;
    private const uint KnownFeatures = 0;
    private const ulong Magic = 0x544F_4F52_4244_5354; // "TSDBROOT"
    private const int VersionOffset = 8;
    private const int FeaturesOffset = 12;
    private const int UuidOffset = 16;
    private const int GenerationOffset = 32;
    private const int LogNumberOffset = 40;
    private const int CheckpointOffset = 48;
    private const int CrcOffset = SlotSizeBytes - sizeof(uint);

    /// <summary>One slot.</summary>
    public byte[] Write()
    {
        byte[] bytes = new byte[SlotSizeBytes];
        Span<byte> slot = bytes;
        BinaryPrimitives.WriteUInt64LittleEndian(slot, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(slot[VersionOffset..], FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[FeaturesOffset..], KnownFeatures);
        DatabaseUuid.TryWriteBytes(slot[UuidOffset..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(slot[GenerationOffset..], Generation);
        BinaryPrimitives.WriteInt64LittleEndian(slot[LogNumberOffset..], LogNumber);
        BinaryPrimitives.WriteInt64LittleEndian(slot[CheckpointOffset..], CheckpointNumber);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[CrcOffset..], Crc32C.Compute(slot[..CrcOffset]));
        return bytes;
    }

    /// <summary>Reads a slot; null when it is not valid.</summary>
    /// <exception cref="ManifestUnsupportedException">It is sound, but from a newer version.</exception>
    public static Superblock? Read(ReadOnlySpan<byte> slot, string path)
    {
        if (slot.Length != SlotSizeBytes || BinaryPrimitives.ReadUInt64LittleEndian(slot) != Magic)
        {
            return null;
        }

        uint crc = Crc32C.Compute(slot[..CrcOffset]);
        if (crc != BinaryPrimitives.ReadUInt32LittleEndian(slot[CrcOffset..]))
        {
            return null;
        }

        int version = BinaryPrimitives.ReadUInt16LittleEndian(slot[VersionOffset..]);
        uint features = BinaryPrimitives.ReadUInt32LittleEndian(slot[FeaturesOffset..]);
        if (version > FormatVersion || (features & ~KnownFeatures) != 0)
        {
            throw new ManifestUnsupportedException(path, $"version {version}, feature bits {features:x8}");
        }

        return new Superblock(
            new Guid(slot.Slice(UuidOffset, 16), bigEndian: true),
            BinaryPrimitives.ReadInt64LittleEndian(slot[GenerationOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(slot[LogNumberOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(slot[CheckpointOffset..]));
    }
}
