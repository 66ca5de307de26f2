using System.Buffers.Binary;

namespace Tsdb.Storage.Segments;

/// <summary>Where a part of the file lies and what its checksum is; 20 bytes in the footer.</summary>
/// <param name="OffsetBytes">First byte.</param>
/// <param name="SizeBytes">Length.</param>
/// <param name="Crc">CRC32C of its bytes; 0 for the data, whose chunks have their own in the block
/// index.</param>
internal readonly record struct SegmentSection(long OffsetBytes, long SizeBytes, uint Crc)
{
    public const int EncodedSizeBytes = 20;

    public long EndBytes => OffsetBytes + SizeBytes;

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, OffsetBytes);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], SizeBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(target[16..], Crc);
    }

    public static SegmentSection Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadInt64LittleEndian(source),
        BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[16..]));
}
