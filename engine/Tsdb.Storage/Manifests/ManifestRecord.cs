// Record of a manifest log (manifest/NNNNNNNN.log): at a multiple of 512, each record twice in a row, so that
// one damaged sector costs nothing. Little-endian. docs/formats/manifest.md
//
//   offset size field
//        0    4 magic "TMAN"
//        4    2 format version (1)
//        6    2 zero
//        8    4 incompatible feature bits: a reader that does not know one refuses the log
//       12    4 body size in bytes
//       16    8 commit number: that of the checkpoint for the first record, +1 for each after it
//       24   16 database UUID, big-endian byte order
//       40    4 CRC32C field of the record before; 0 in the first record of a log
//       44    4 CRC32C of bytes 0..43 followed by the body
//       48      body (ManifestEdit), then zeros up to a multiple of 512
//
// Valid: magic, CRC and UUID match. The first record is a checkpoint. A log's end is where no valid record
// with the next number follows; a valid record with a higher number is proof of damage.
using System.Buffers.Binary;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Manifests;

/// <summary>The header of a record and how it is laid out.</summary>
internal readonly record struct ManifestRecord(
    long CommitNumber, int BodySizeBytes, uint PreviousCrc, uint Crc)
{
    public const int UnitSizeBytes = 512;
    public const int HeaderSizeBytes = 48;

    private const ushort FormatVersion = 1;
    private const uint KnownFeatures = 0;
    private const uint Magic = 0x4E41_4D54; // "TMAN"
    private const int VersionOffset = 4;
    private const int FeaturesOffset = 8;
    private const int BodySizeOffset = 12;
    private const int NumberOffset = 16;
    private const int UuidOffset = 24;
    private const int PreviousCrcOffset = 40;
    private const int CrcOffset = 44;

    /// <summary>Size of one copy.</summary>
    public int SizeBytes => (HeaderSizeBytes + BodySizeBytes + UnitSizeBytes - 1) & -UnitSizeBytes;

    /// <summary>Both copies of a record, and its CRC.</summary>
    public static byte[] Write(
        long commitNumber, Guid databaseUuid, uint previousCrc, ReadOnlySpan<byte> body, out uint crc)
    {
        int sizeBytes = new ManifestRecord(commitNumber, body.Length, 0, 0).SizeBytes;
        byte[] copies = new byte[2 * sizeBytes];
        Span<byte> target = copies.AsSpan(0, sizeBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(target, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(target[VersionOffset..], FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(target[FeaturesOffset..], KnownFeatures);
        BinaryPrimitives.WriteInt32LittleEndian(target[BodySizeOffset..], body.Length);
        BinaryPrimitives.WriteInt64LittleEndian(target[NumberOffset..], commitNumber);
        databaseUuid.TryWriteBytes(target[UuidOffset..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32LittleEndian(target[PreviousCrcOffset..], previousCrc);
        crc = Crc32C.Append(Crc32C.Compute(target[..CrcOffset]), body);
        BinaryPrimitives.WriteUInt32LittleEndian(target[CrcOffset..], crc);
        body.CopyTo(target[HeaderSizeBytes..]);
        target.CopyTo(copies.AsSpan(sizeBytes));
        return copies;
    }

    /// <summary>Reads the record at the beginning of the bytes; null when there is none.</summary>
    /// <exception cref="ManifestUnsupportedException">It is sound, but from a newer version.</exception>
    public static ManifestRecord? Read(ReadOnlySpan<byte> source, Guid databaseUuid, string path)
    {
        if (source.Length < HeaderSizeBytes || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic)
        {
            return null;
        }

        int bodySizeBytes = BinaryPrimitives.ReadInt32LittleEndian(source[BodySizeOffset..]);
        if (bodySizeBytes < 0 || bodySizeBytes > source.Length - HeaderSizeBytes)
        {
            return null;
        }

        uint crc = Crc32C.Append(
            Crc32C.Compute(source[..CrcOffset]), source.Slice(HeaderSizeBytes, bodySizeBytes));
        bool isOurs = BinaryPrimitives.ReadUInt32LittleEndian(source[CrcOffset..]) == crc
            && new Guid(source.Slice(UuidOffset, 16), bigEndian: true) == databaseUuid;
        if (!isOurs)
        {
            return null;
        }

        int version = BinaryPrimitives.ReadUInt16LittleEndian(source[VersionOffset..]);
        uint features = BinaryPrimitives.ReadUInt32LittleEndian(source[FeaturesOffset..]);
        if (version > FormatVersion || (features & ~KnownFeatures) != 0)
        {
            throw new ManifestUnsupportedException(path, $"version {version}, feature bits {features:x8}");
        }

        return new ManifestRecord(
            BinaryPrimitives.ReadInt64LittleEndian(source[NumberOffset..]),
            bodySizeBytes,
            BinaryPrimitives.ReadUInt32LittleEndian(source[PreviousCrcOffset..]),
            crc);
    }
}
