using System.Buffers.Binary;
using K4os.Compression.LZ4;
using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>Decodes one LZ4 frame whose decoded size is known. Checksums are passed over: the wire has its
/// own.</summary>
/// <remarks>
/// <code>
/// offset  size  field                                                           (little-endian)
/// 0       4     magic 0x184D2204
/// 4       1     flags: version 01 in bits 7–6, 5 blocks independent, 4 block checksums, 3 content size,
///               2 content checksum, 0 dictionary id
/// 5       1     largest block
/// 6       8     content size, if flagged
/// …       4     dictionary id, if flagged: refused
/// …       1     header checksum
/// …             blocks: size u32, top bit set when stored; bytes; checksum u32, if flagged
/// …       4     0, the end
/// …       4     content checksum, if flagged
/// </code>
/// LZ4 Frame Format 1.6.1. Valid when the blocks give exactly the known size.
/// </remarks>
internal static class Lz4Frame
{
    /// <summary>Decoded bytes that one byte can stand for, at most.</summary>
    public const int RatioMax = 255;

    private const uint Magic = 0x184D_2204;
    private const int FlagsOffset = 4;
    private const int BlocksOffset = 7;
    private const int VersionMask = 0xC0;
    private const int Version = 0x40;
    private const int BlockChecksumFlag = 0x10;
    private const int ContentSizeFlag = 0x08;
    private const int DictionaryFlag = 0x01;
    private const uint StoredFlag = 0x8000_0000;
    private const int WindowSizeBytes = 64 << 10;

    /// <exception cref="ArrowInputException">The frame is malformed or decodes to another
    /// size.</exception>
    public static void Decode(ReadOnlySpan<byte> frame, Span<byte> target)
    {
        if (frame.Length < BlocksOffset || BinaryPrimitives.ReadUInt32LittleEndian(frame) != Magic)
        {
            throw Malformed("is not one");
        }

        int flags = frame[FlagsOffset];
        if ((flags & VersionMask) != Version || (flags & DictionaryFlag) != 0)
        {
            throw Malformed("is of an unknown version or needs a dictionary");
        }

        int checksumSizeBytes = (flags & BlockChecksumFlag) != 0 ? sizeof(uint) : 0;
        int position = BlocksOffset + ((flags & ContentSizeFlag) != 0 ? sizeof(long) : 0);
        int filledBytes = 0;
        while (true)
        {
            uint sizeAndFlag = ReadSize(frame, position);
            position += sizeof(uint);
            if (sizeAndFlag == 0)
            {
                break;
            }

            uint sizeBytes = sizeAndFlag & ~StoredFlag;
            if (sizeBytes + (long)checksumSizeBytes > frame.Length - position)
            {
                throw Malformed("is cut short");
            }

            ReadOnlySpan<byte> block = frame.Slice(position, (int)sizeBytes);
            filledBytes += DecodeBlock(block, (sizeAndFlag & StoredFlag) != 0, target, filledBytes);
            position += (int)sizeBytes + checksumSizeBytes;
        }

        if (filledBytes != target.Length)
        {
            throw Malformed($"gives {filledBytes} bytes instead of {target.Length}");
        }
    }

    private static int DecodeBlock(
        ReadOnlySpan<byte> block, bool isStored, Span<byte> target, int filledBytes)
    {
        Span<byte> room = target[filledBytes..];
        if (isStored)
        {
            return block.TryCopyTo(room) ? block.Length : throw Malformed("gives too many bytes");
        }

        if (Lz4Block.HasZeroDistance(block))
        {
            throw Malformed("has a match of distance 0");
        }

        // A block may point back into those before it.
        ReadOnlySpan<byte> window = target[Math.Max(0, filledBytes - WindowSizeBytes)..filledBytes];
        int sizeBytes = window.IsEmpty
            ? LZ4Codec.Decode(block, room)
            : LZ4Codec.Decode(block, room, window);
        return sizeBytes >= 0 ? sizeBytes : throw Malformed("has a malformed block");
    }

    private static uint ReadSize(ReadOnlySpan<byte> frame, int position) =>
        position <= frame.Length - sizeof(uint)
            ? BinaryPrimitives.ReadUInt32LittleEndian(frame[position..])
            : throw Malformed("is cut short");

    private static ArrowInputException Malformed(string what) =>
        new($"malformed Arrow batch: an LZ4 frame {what}");
}
