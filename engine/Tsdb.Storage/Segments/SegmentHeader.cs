using System.Buffers.Binary;
using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>The first 256 bytes of a segment: what it is, and which features a reader must know.</summary>
/// <remarks>
/// Layout (little-endian; docs/formats/segment.md, "Header"):
/// <code>
/// offset size field
///      0    8 magic "TSDBSEG" and a line feed
///      8    2 major version        10  2 minor version        12  4 header size (256)
///     16    8 incompatible         24  8 read-only compatible 32  8 compatible feature bits
///     40   16 UUID (RFC 4122 order)
///     56    8 segment number
///     64    4 shard                68  4 shard count
///     72    8 window start, ns     80  8 window end, ns (exclusive)
///     88    8 lowest LSN           96  8 highest LSN
///    104    1 role                105  7 zero
///    112   32 writer's version, UTF-8, padded with zeros
///    144  108 zero
///    252    4 CRC32C of bytes 0..251
/// </code>
/// Valid when magic and CRC hold; place of magic, major and CRC is the same in every version to come. Written
/// last, so that a file whose writer died has no valid header.
/// </remarks>
internal sealed record SegmentHeader(SegmentIdentity Identity, SegmentFeatures Features)
{
    public const int SizeBytes = 256;
    public const ushort MajorVersion = 1;
    public const ushort MinorVersion = 0;

    private const ulong Magic = 0x0A_47_45_53_42_44_53_54;
    private const int CrcOffset = 252;
    private const int WriterVersionSizeBytes = 32;

    private static readonly byte[] _writerVersion = Encoding.UTF8.GetBytes(
        "tsdb " + (typeof(SegmentHeader).Assembly.GetName().Version?.ToString(3) ?? "0"));

    /// <summary>Writes the header and returns its CRC.</summary>
    public uint Write(Span<byte> target)
    {
        Span<byte> bytes = target[..SizeBytes];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], MajorVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[10..], MinorVersion);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], SizeBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], (ulong)Features);
        Invariant.Holds(Identity.Uuid.TryWriteBytes(bytes[40..], bigEndian: true, out _));
        BinaryPrimitives.WriteInt64LittleEndian(bytes[56..], Identity.SegmentNumber);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[64..], Identity.Shard);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[68..], Identity.ShardCount);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[72..], Identity.Window.FromNs);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[80..], Identity.Window.ToNs);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[88..], Identity.MinLsn);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[96..], Identity.MaxLsn);
        bytes[104] = (byte)Identity.Role;
        int versionSizeBytes = Math.Min(_writerVersion.Length, WriterVersionSizeBytes);
        _writerVersion.AsSpan(0, versionSizeBytes).CopyTo(bytes[112..]);
        uint crc = Crc32C.Compute(bytes[..CrcOffset]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CrcOffset..], crc);
        return crc;
    }

    /// <summary>Reads a header; <paramref name="crc"/> is its checksum, which the footer repeats.</summary>
    /// <exception cref="SegmentCorruptException">It is not what was written.</exception>
    /// <exception cref="SegmentFormatException">Its version or features are not ours.</exception>
    public static SegmentHeader Read(string path, ReadOnlySpan<byte> bytes, out uint crc)
    {
        crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcOffset..]);
        uint actualCrc = Crc32C.Compute(bytes[..CrcOffset]);
        if (actualCrc != crc || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic)
        {
            throw new SegmentCorruptException(path, 0, "header", crc, actualCrc);
        }

        ushort major = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        if (major != MajorVersion)
        {
            throw new SegmentFormatException(
                path, $"segment format {major} is not read, only {MajorVersion}");
        }

        ulong features = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        ulong unknown = features & ~(ulong)SegmentFeatures.Known;
        if (unknown != 0)
        {
            throw new SegmentFormatException(path, $"incompatible feature bits 0x{unknown:x} are not known");
        }

        SegmentIdentity identity = new(
            new Guid(bytes.Slice(40, 16), bigEndian: true),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[56..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[64..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[68..]),
            new TimeRange(
                BinaryPrimitives.ReadInt64LittleEndian(bytes[72..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[80..])),
            (SegmentRole)bytes[104],
            BinaryPrimitives.ReadInt64LittleEndian(bytes[88..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[96..]));
        return new SegmentHeader(identity, (SegmentFeatures)features);
    }
}
