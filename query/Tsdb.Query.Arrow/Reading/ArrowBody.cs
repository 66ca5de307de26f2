using System.Buffers.Binary;
using ZstdSharp;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>
/// The buffers of one record or dictionary batch, found, checked against the message and decompressed.
/// Reusable: valid until the next load.
/// </summary>
/// <remarks>
/// <code>
/// FieldNode    offset  size  field        Buffer    offset  size  field          (little-endian)
///              0       8     values                 0       8     offset in the body
///              8       8     nulls                  8       8     size
///
/// compressed   0       8     size before compression, -1 when not compressed after all
/// buffer       8       …     LZ4 frame or Zstandard frame
/// </code>
/// Arrow Columnar Format 1.5, "RecordBatch message". Valid when every buffer lies in its body.
/// </remarks>
internal sealed class ArrowBody : IDisposable
{
    private const int LengthField = 0;
    private const int NodesField = 1;
    private const int BuffersField = 2;
    private const int CompressionField = 3;
    private const int VariadicField = 4;
    private const int EntrySizeBytes = 16;
    private const int SizePrefixBytes = 8;
    private const int AlignmentBytes = 8;
    private const byte Lz4Codec = 0;
    private const byte ZstdCodec = 1;

    private readonly int _sizeBytesMax;
    private ReadOnlyMemory<byte>[] _buffers = [];
    private long[] _nullCounts = [];
    private int[] _variadicCounts = [];
    private byte[] _scratch = [];
    private Decompressor? _zstd;
    private int _nodeCount;
    private int _bufferCount;
    private int _variadicCount;
    private int _nextNode;
    private int _nextBuffer;
    private int _nextVariadic;

    /// <summary>Memory that decompressing keeps.</summary>
    public int CapacityBytes => _scratch.Length;

    public ArrowBody(int sizeBytesMax) => _sizeBytesMax = sizeBytesMax;

    /// <summary>Rows of the batch.</summary>
    public int RowCount { get; private set; }

    /// <summary>Finds and checks all buffers.</summary>
    /// <param name="batch">The table `RecordBatch`.</param>
    /// <param name="body">Left alone by the caller as long as the batch is in use.</param>
    /// <exception cref="ArrowInputException">The batch is malformed or too large.</exception>
    public void Load(FlatTable batch, ReadOnlyMemory<byte> body)
    {
        long rowCount = batch.ReadInt64(LengthField);
        if (rowCount is < 0 or > int.MaxValue)
        {
            throw new ArrowInputException($"malformed Arrow batch: {rowCount} rows");
        }

        RowCount = (int)rowCount;
        LoadNodes(batch.ReadVector(NodesField, EntrySizeBytes));
        LoadVariadicCounts(batch.ReadVector(VariadicField, sizeof(long)));
        LoadBuffers(batch.ReadVector(BuffersField, EntrySizeBytes), body);
        if (batch.TryOpen(CompressionField, out FlatTable compression))
        {
            Decompress(compression);
        }

        _nextNode = 0;
        _nextBuffer = 0;
        _nextVariadic = 0;
    }

    /// <summary>The next column's parts, in the schema's order; its lengths are checked.</summary>
    /// <exception cref="ArrowInputException">Buffers are missing or shorter than the rows.</exception>
    public ArrowColumnBuffers Next(string name, ArrowType type)
    {
        if (_nextNode == _nodeCount)
        {
            throw new ArrowInputException($"malformed Arrow batch: column '{name}' is missing");
        }

        long nullCount = _nullCounts[_nextNode++];
        if (type.Kind == ArrowKind.Null)
        {
            return default;
        }

        ReadOnlyMemory<byte> validity = nullCount == 0 ? Skip(name) : NextBuffer(name);
        if (!validity.IsEmpty && validity.Length * 8L < RowCount)
        {
            throw TooShort(name, "validity bitmap");
        }

        ReadOnlyMemory<byte> values = NextBuffer(name);
        long extraCount = type.Kind is ArrowKind.Text or ArrowKind.LargeText && RowCount > 0 ? 1 : 0;
        long neededBytes = type.Kind == ArrowKind.Bool
            ? (RowCount + 7L) / 8
            : (RowCount + extraCount) * type.ValueSizeBytes;
        if (values.Length < neededBytes)
        {
            throw TooShort(name, "buffer");
        }

        ArrowColumnBuffers buffers = new() { Validity = validity, Values = values };
        if (type.Kind is ArrowKind.Text or ArrowKind.LargeText)
        {
            return buffers with { Texts = NextBuffer(name) };
        }

        return type.Kind == ArrowKind.TextView
            ? buffers with { ViewBuffers = NextViewBuffers(name) }
            : buffers;
    }

    /// <inheritdoc />
    public void Dispose() => _zstd?.Dispose();

    private static ArrowInputException TooShort(string name, string part) =>
        new($"malformed Arrow batch: column '{name}' has a {part} shorter than its rows");

    private ReadOnlyMemory<byte> Skip(string name)
    {
        NextBuffer(name);
        return default;
    }

    private ReadOnlyMemory<byte> NextBuffer(string name) => _nextBuffer < _bufferCount
        ? _buffers[_nextBuffer++]
        : throw new ArrowInputException($"malformed Arrow batch: column '{name}' lacks a buffer");

    private ReadOnlyMemory<byte>[] NextViewBuffers(string name)
    {
        int count = _nextVariadic < _variadicCount ? _variadicCounts[_nextVariadic++] : -1;
        if (count < 0 || count > _bufferCount - _nextBuffer)
        {
            throw new ArrowInputException($"malformed Arrow batch: column '{name}' lacks a buffer");
        }

        _nextBuffer += count;
        return _buffers[(_nextBuffer - count).._nextBuffer];
    }

    private void LoadNodes(ReadOnlySpan<byte> nodes)
    {
        _nodeCount = nodes.Length / EntrySizeBytes;
        EnsureCapacity(ref _nullCounts, _nodeCount);
        for (int i = 0; i < _nodeCount; i++)
        {
            ReadOnlySpan<byte> node = nodes[(i * EntrySizeBytes)..];
            if (BinaryPrimitives.ReadInt64LittleEndian(node) != RowCount)
            {
                throw new ArrowInputException("malformed Arrow batch: its columns differ in length");
            }

            _nullCounts[i] = BinaryPrimitives.ReadInt64LittleEndian(node[sizeof(long)..]);
        }
    }

    private void LoadVariadicCounts(ReadOnlySpan<byte> counts)
    {
        _variadicCount = counts.Length / sizeof(long);
        EnsureCapacity(ref _variadicCounts, _variadicCount);
        for (int i = 0; i < _variadicCount; i++)
        {
            long count = BinaryPrimitives.ReadInt64LittleEndian(counts[(i * sizeof(long))..]);
            _variadicCounts[i] = count is >= 0 and <= int.MaxValue ? (int)count : -1;
        }
    }

    private void LoadBuffers(ReadOnlySpan<byte> buffers, ReadOnlyMemory<byte> body)
    {
        _bufferCount = buffers.Length / EntrySizeBytes;
        EnsureCapacity(ref _buffers, _bufferCount);
        for (int i = 0; i < _bufferCount; i++)
        {
            ReadOnlySpan<byte> buffer = buffers[(i * EntrySizeBytes)..];
            long offsetBytes = BinaryPrimitives.ReadInt64LittleEndian(buffer);
            long sizeBytes = BinaryPrimitives.ReadInt64LittleEndian(buffer[sizeof(long)..]);
            if (offsetBytes < 0 || sizeBytes < 0 || offsetBytes > body.Length
                || sizeBytes > body.Length - offsetBytes)
            {
                throw new ArrowInputException("malformed Arrow batch: a buffer lies outside the message");
            }

            _buffers[i] = body.Slice((int)offsetBytes, (int)sizeBytes);
        }
    }

    private void Decompress(FlatTable compression)
    {
        byte codec = compression.ReadByte(0);
        if (codec is not (Lz4Codec or ZstdCodec) || compression.ReadByte(1) != 0)
        {
            throw new ArrowInputException(
                $"Arrow compression {codec} is not taken; there are LZ4_FRAME (0) and ZSTD (1), by buffer");
        }

        // All sizes are known and within the limit before memory is taken for any.
        long totalBytes = 0;
        for (int i = 0; i < _bufferCount; i++)
        {
            totalBytes += Aligned(UnpackedSizeBytes(_buffers[i], codec));
            if (totalBytes > _sizeBytesMax)
            {
                throw new ArrowInputException(
                    $"an Arrow batch of more than {_sizeBytesMax} bytes after decompression");
            }
        }

        if (_scratch.Length < totalBytes)
        {
            _scratch = GC.AllocateUninitializedArray<byte>((int)totalBytes);
        }

        int position = 0;
        for (int i = 0; i < _bufferCount; i++)
        {
            int sizeBytes = (int)UnpackedSizeBytes(_buffers[i], codec);
            if (sizeBytes > 0)
            {
                Memory<byte> target = _scratch.AsMemory(position, sizeBytes);
                Decompress(codec, _buffers[i].Span[SizePrefixBytes..], target.Span);
                _buffers[i] = target;
                position += (int)Aligned(sizeBytes);
            }
            else if (_buffers[i].Length >= SizePrefixBytes)
            {
                _buffers[i] = _buffers[i][SizePrefixBytes..];
            }
        }
    }

    private void Decompress(byte codec, ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (codec == Lz4Codec)
        {
            Lz4Frame.Decode(source, target);
            return;
        }

        _zstd ??= new Decompressor();
        try
        {
            if (_zstd.Unwrap(source, target) == target.Length)
            {
                return;
            }
        }
        catch (ZstdException fault)
        {
            throw new ArrowInputException(
                $"malformed Arrow batch: a Zstandard frame cannot be decompressed: {fault.Message}", fault);
        }

        throw new ArrowInputException("malformed Arrow batch: a Zstandard frame gives too few bytes");
    }

    // 0 for an empty buffer and for one that was left as it was.
    private static long UnpackedSizeBytes(ReadOnlyMemory<byte> buffer, byte codec)
    {
        if (buffer.Length < SizePrefixBytes)
        {
            return buffer.IsEmpty
                ? 0
                : throw new ArrowInputException("malformed Arrow batch: a compressed buffer lacks its size");
        }

        long sizeBytes = BinaryPrimitives.ReadInt64LittleEndian(buffer.Span);
        long mostBytes = codec == Lz4Codec ? buffer.Length * (long)Lz4Frame.RatioMax : int.MaxValue;
        return sizeBytes switch
        {
            -1 => 0,
            >= 0 when sizeBytes <= mostBytes => sizeBytes,
            _ => throw new ArrowInputException(
                $"malformed Arrow batch: a compressed buffer of {buffer.Length} bytes claims {sizeBytes}"),
        };
    }

    private static long Aligned(long sizeBytes) => (sizeBytes + AlignmentBytes - 1) & ~(AlignmentBytes - 1L);

    private static void EnsureCapacity<T>(ref T[] array, int count)
    {
        if (array.Length < count)
        {
            array = new T[count];
        }
    }
}
