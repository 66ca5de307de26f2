using System.Buffers.Binary;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>
/// The frame of one encapsulated Arrow IPC message, checked before the Arrow library sees it: the library
/// trusts lengths, and walks nested schemas by recursion, so that a hostile message could exhaust memory or
/// the stack.
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
    private const int SchemaFieldsField = 1;
    private const int FieldChildrenField = 5;
    private const int DictionaryIdField = 0;
    private const int DictionaryDataField = 1;
    private const int DictionaryIsDeltaField = 2;
    private const int BatchCompressionField = 3;

    /// <summary>Which dictionary a dictionary batch is about.</summary>
    public long DictionaryId { get; private init; }

    /// <summary>Whether a dictionary batch adds to its dictionary; it replaces it otherwise.</summary>
    public bool IsDelta { get; private init; }

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

        message = Check(bytes.Slice(PrefixSizeBytes, metadataSizeBytes), bodySizeBytesMax);
        return true;
    }

    private static ArrowMessage Check(ReadOnlySpan<byte> metadata, int bodySizeBytesMax)
    {
        FlatTable root = FlatTable.Root(metadata);
        ArrowMessageKind kind = (ArrowMessageKind)root.ReadByte(HeaderTypeField);
        long bodySizeBytes = root.ReadInt64(BodySizeField);
        if (bodySizeBytes < 0 || bodySizeBytes > bodySizeBytesMax)
        {
            throw new ArrowInputException(
                $"Arrow message body of {bodySizeBytes} bytes; the limit is {bodySizeBytesMax}");
        }

        if (!root.TryOpen(HeaderField, out FlatTable header))
        {
            throw new ArrowInputException("Arrow message without a header");
        }

        ArrowMessage message = new(kind, metadata.Length, (int)bodySizeBytes);
        switch (kind)
        {
            case ArrowMessageKind.Schema:
                CheckSchema(header);
                break;
            case ArrowMessageKind.DictionaryBatch:
                if (header.TryOpen(DictionaryDataField, out FlatTable data))
                {
                    CheckBatch(data);
                }

                message = message with
                {
                    DictionaryId = header.ReadInt64(DictionaryIdField),
                    IsDelta = header.ReadByte(DictionaryIsDeltaField) != 0,
                };
                break;
            case ArrowMessageKind.RecordBatch:
                CheckBatch(header);
                break;
            default:
                throw new ArrowInputException($"Arrow message of kind {(byte)kind} is not taken");
        }

        return message;
    }

    private static void CheckSchema(FlatTable schema)
    {
        int fieldCount = schema.CountVector(SchemaFieldsField);
        for (int i = 0; i < fieldCount; i++)
        {
            FlatTable field = schema.OpenInVector(SchemaFieldsField, i);
            if (field.CountVector(FieldChildrenField) != 0)
            {
                throw new ArrowInputException($"column {i + 1} is nested (list, struct, map or union)");
            }
        }
    }

    private static void CheckBatch(FlatTable batch)
    {
        if (batch.TryOpen(BatchCompressionField, out _))
        {
            throw new ArrowInputException("compressed Arrow bodies are not taken; send them uncompressed");
        }
    }
}
