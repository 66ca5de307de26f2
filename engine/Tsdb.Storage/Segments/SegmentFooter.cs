using System.Buffers.Binary;
using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>The last 192 bytes of a segment: where the sections lie, their checksums, and totals.</summary>
/// <remarks>
/// Layout (little-endian; docs/formats/segment.md, "Footer"):
/// <code>
/// offset size field
///      0    8 magic "TSDBFOOT"
///      8   20 data section: offset u64, size u64, 0 u32
///     28   20 column layouts: offset u64, size u64, CRC32C u32
///     48   20 series index: the same
///     68   20 block index: the same
///     88    8 series count     96  8 block count     104  8 row count     112  8 value cell count
///    120    8 earliest row, ns                       128  8 latest row, ns
///    136    8 file size
///    144   16 UUID, as in the header
///    160    4 the header's CRC32C
///    164   24 zero
///    188    4 CRC32C of bytes 0..187
/// </code>
/// Valid when magic, CRC, file size, UUID and the header's CRC hold, and the sections follow each other
/// without a gap from the header to the footer.
/// </remarks>
internal sealed record SegmentFooter(
    SegmentSection Data,
    SegmentSection Layouts,
    SegmentSection SeriesIndex,
    SegmentSection BlockIndex,
    SegmentInfo Totals)
{
    public const int SizeBytes = 192;

    private const ulong Magic = 0x54_4F_4F_46_42_44_53_54;
    private const int CrcOffset = 188;

    /// <summary>Writes the footer and returns its CRC.</summary>
    public uint Write(Span<byte> target, Guid uuid, uint headerCrc)
    {
        Span<byte> bytes = target[..SizeBytes];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        Data.Write(bytes[8..]);
        Layouts.Write(bytes[28..]);
        SeriesIndex.Write(bytes[48..]);
        BlockIndex.Write(bytes[68..]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[88..], Totals.SeriesCount);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[96..], Totals.BlockCount);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[104..], Totals.RowCount);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[112..], Totals.CellCount);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[120..], Totals.MinTimestampNs);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[128..], Totals.MaxTimestampNs);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[136..], Totals.SizeBytes);
        Invariant.Holds(uuid.TryWriteBytes(bytes[144..], bigEndian: true, out _));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[160..], headerCrc);
        uint crc = Crc32C.Compute(bytes[..CrcOffset]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CrcOffset..], crc);
        return crc;
    }

    /// <summary>Reads the footer of a file whose header was read.</summary>
    /// <exception cref="SegmentCorruptException">It is not what was written, or not of this file.</exception>
    public static SegmentFooter Read(
        string path, long fileSizeBytes, ReadOnlySpan<byte> bytes, SegmentHeader header, uint headerCrc)
    {
        long offsetBytes = fileSizeBytes - SizeBytes;
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcOffset..]);
        uint actualCrc = Crc32C.Compute(bytes[..CrcOffset]);
        SegmentFooter footer = new(
            SegmentSection.Read(bytes[8..]),
            SegmentSection.Read(bytes[28..]),
            SegmentSection.Read(bytes[48..]),
            SegmentSection.Read(bytes[68..]),
            new SegmentInfo(
                BinaryPrimitives.ReadInt64LittleEndian(bytes[136..]),
                crc,
                header.Features,
                BinaryPrimitives.ReadInt64LittleEndian(bytes[88..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[96..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[104..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[112..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[120..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[128..])));
        bool isWhole = actualCrc == crc
            && BinaryPrimitives.ReadUInt64LittleEndian(bytes) == Magic
            && footer.Totals.SizeBytes == fileSizeBytes
            && new Guid(bytes.Slice(144, 16), bigEndian: true) == header.Identity.Uuid
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[160..]) == headerCrc
            && footer.SectionsFollowEachOther(offsetBytes);
        return isWhole
            ? footer
            : throw new SegmentCorruptException(path, offsetBytes, "footer", crc, actualCrc);
    }

    private bool SectionsFollowEachOther(long footerOffsetBytes) =>
        Data.OffsetBytes == SegmentHeader.SizeBytes
        && Data.SizeBytes >= 0
        && Layouts.OffsetBytes == Data.EndBytes
        && Layouts.SizeBytes is >= 0 and <= int.MaxValue
        && SeriesIndex.OffsetBytes == Layouts.EndBytes
        && SeriesIndex.SizeBytes is >= 0 and <= int.MaxValue
        && BlockIndex.OffsetBytes == SeriesIndex.EndBytes
        && BlockIndex.SizeBytes is >= 0 and <= int.MaxValue
        && BlockIndex.EndBytes == footerOffsetBytes;
}
