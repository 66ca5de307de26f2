using System.Buffers.Binary;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>
/// The frame of one encapsulated Arrow IPC message, checked before anything behind it is looked at.
/// </summary>
/// <remarks>
/// <code>
/// offset  size  field                                        (little-endian)
/// 0       4     0xFFFFFFFF
/// 4       4     metadata size M, padding included; 0 ends the stream
/// 8       M     flatbuffer `Message`: version 0, header type 1, header 2, body size 3
/// 8 + M   B     body
/// </code>
/// Arrow Columnar Format 1.5, "Encapsulated message format". Valid when M and B are within the limits.
/// </remarks>
internal readonly record struct ArrowMessage(ArrowMessageKind Kind, int MetadataSizeBytes, int BodySizeBytes)
{
    public const int PrefixSizeBytes = 8;

    private const int MetadataSizeBytesMax = 4 << 20;
    private const int HeaderTypeField = 1;
    private const int HeaderField = 2;
    private const int BodySizeField = 3;

    /// <summary>Bytes of the whole message.</summary>
    public int SizeBytes => PrefixSizeBytes + MetadataSizeBytes + BodySizeBytes;

    /// <summary>Reads and checks the frame at the start of <paramref name="bytes"/>.</summary>
    /// <returns>False when more bytes are needed to tell.</returns>
    /// <exception cref="ArrowInputException">This is no message, or one that is not taken.</exception>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int bodySizeBytesMax, out ArrowMessage message)
    {
        message = default;
        if (bytes.Length < PrefixSizeBytes)
        {
            return false;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != uint.MaxValue)
        {
            throw new ArrowInputException(
                "not an Arrow IPC stream: a message does not start with 0xFFFFFFFF");
        }

        int metadataSizeBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (metadataSizeBytes == 0)
        {
            message = new(ArrowMessageKind.EndOfStream, 0, 0);
            return true;
        }

        if (metadataSizeBytes is < 0 or > MetadataSizeBytesMax)
        {
            throw new ArrowInputException(
                $"Arrow message metadata of {metadataSizeBytes} bytes; the limit is {MetadataSizeBytesMax}");
        }

        if (bytes.Length < PrefixSizeBytes + metadataSizeBytes)
        {
            return false;
        }

        message = Read(FlatTable.Root(bytes.Slice(PrefixSizeBytes, metadataSizeBytes)), bodySizeBytesMax);
        message = message with { MetadataSizeBytes = metadataSizeBytes };
        return true;
    }

    /// <summary>What the message is about: `Schema`, `DictionaryBatch` or `RecordBatch`.</summary>
    /// <param name="bytes">The message, from its first byte.</param>
    public FlatTable OpenHeader(ReadOnlySpan<byte> bytes)
    {
        FlatTable root = FlatTable.Root(bytes.Slice(PrefixSizeBytes, MetadataSizeBytes));
        return root.TryOpen(HeaderField, out FlatTable header)
            ? header
            : throw new ArrowInputException("Arrow message without a header");
    }

    private static ArrowMessage Read(FlatTable root, int bodySizeBytesMax)
    {
        ArrowMessageKind kind = (ArrowMessageKind)root.ReadByte(HeaderTypeField);
        long bodySizeBytes = root.ReadInt64(BodySizeField);
        if (bodySizeBytes < 0 || bodySizeBytes > bodySizeBytesMax)
        {
            throw new ArrowInputException(
                $"Arrow message body of {bodySizeBytes} bytes; the limit is {bodySizeBytesMax}");
        }

        if (kind is not (ArrowMessageKind.Schema or ArrowMessageKind.DictionaryBatch
            or ArrowMessageKind.RecordBatch))
        {
            throw new ArrowInputException($"Arrow message of kind {(byte)kind} is not taken");
        }

        return new ArrowMessage(kind, 0, (int)bodySizeBytes);
    }
}
