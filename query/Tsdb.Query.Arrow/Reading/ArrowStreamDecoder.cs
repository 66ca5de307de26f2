using Apache.Arrow;
using Apache.Arrow.Ipc;
using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>
/// Reads the Arrow IPC stream of a result, which arrives in pieces cut anywhere, through the Arrow library.
/// Nothing a sender can write makes it take more memory than the limit, run out of stack, or throw anything
/// but <see cref="ArrowInputException"/>.
/// </summary>
public sealed class ArrowStreamDecoder : IDisposable
{
    /// <summary>Most bytes of dictionaries that one stream may keep in memory at a time.</summary>
    public const long DictionarySizeBytesMax = 256L << 20;

    private const int DictionaryIdField = 0;
    private const int IsDeltaField = 2;

    private readonly int _messageSizeBytesMax;
    private readonly Dictionary<long, long> _dictionarySizesBytes = [];
    private readonly FeedStream _feed = new();
    private readonly ArrowStreamReader _reader;
    private byte[] _pending = [];
    private int _pendingFirst;
    private int _pendingSizeBytes;

    /// <summary>Makes a decoder for one stream.</summary>
    /// <param name="messageSizeBytesMax">Largest message taken.</param>
    public ArrowStreamDecoder(int messageSizeBytesMax)
    {
        _messageSizeBytesMax = messageSizeBytesMax;
        _reader = new ArrowStreamReader(_feed, leaveOpen: true);
    }

    /// <summary>The schema, once its message has come.</summary>
    public Schema? Schema { get; private set; }

    /// <summary>Whether the stream's end mark has come.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether the bytes taken so far end inside a message.</summary>
    public bool IsInsideMessage => _pendingSizeBytes > 0;

    /// <summary>Takes the next piece of the stream.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (_pendingFirst > 0)
        {
            _pending.AsSpan(_pendingFirst, _pendingSizeBytes).CopyTo(_pending);
            _pendingFirst = 0;
        }

        int neededBytes = checked(_pendingSizeBytes + bytes.Length);
        if (neededBytes > _pending.Length)
        {
            System.Array.Resize(ref _pending, Math.Max(neededBytes, _pending.Length * 2));
        }

        bytes.CopyTo(_pending.AsSpan(_pendingSizeBytes));
        _pendingSizeBytes = neededBytes;
    }

    /// <summary>The next record batch of what was fed; the caller disposes it.</summary>
    /// <returns>Null when more bytes are needed, or the stream has ended.</returns>
    /// <exception cref="ArrowInputException">The stream cannot be read.</exception>
    public RecordBatch? ReadBatch()
    {
        while (!IsEnded)
        {
            ReadOnlyMemory<byte> pending = _pending.AsMemory(_pendingFirst, _pendingSizeBytes);
            if (!ArrowMessage.TryRead(pending.Span, _messageSizeBytesMax, out ArrowMessage message)
                || message.SizeBytes > pending.Length)
            {
                return null;
            }

            _pendingFirst += message.SizeBytes;
            _pendingSizeBytes -= message.SizeBytes;
            if (Read(message, pending[..message.SizeBytes]) is RecordBatch batch)
            {
                return batch;
            }
        }

        return null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _reader.Dispose();
        _feed.Dispose();
    }

    private RecordBatch? Read(ArrowMessage message, ReadOnlyMemory<byte> bytes)
    {
        if (message.Kind == ArrowMessageKind.EndOfStream)
        {
            IsEnded = true;
            return null;
        }

        if (Schema is null != (message.Kind == ArrowMessageKind.Schema))
        {
            throw new ArrowInputException(
                Schema is null ? "the stream does not start with a schema" : "a second schema in one stream");
        }

        FlatTable header = message.OpenHeader(bytes.Span);
        ArrowLibraryCheck.Check(message.Kind, header);
        if (message.Kind == ArrowMessageKind.DictionaryBatch)
        {
            CountDictionary(message, header.ReadInt64(DictionaryIdField), header.ReadByte(IsDeltaField) != 0);
        }

        _feed.Next = bytes;
        try
        {
            if (Schema is null)
            {
                Schema = _reader.Schema;
                return null;
            }

            return _reader.ReadNextRecordBatch();
        }
        catch (Exception fault) when (fault is not (InvariantViolatedException or OutOfMemoryException))
        {
            // The library reports malformed input by whatever its spans and casts throw, Exception included.
            throw new ArrowInputException($"malformed Arrow message: {fault.Message}", fault);
        }
    }

    // A dictionary lives until it is replaced, so the limit on messages does not limit them.
    private void CountDictionary(ArrowMessage message, long dictionaryId, bool isDelta)
    {
        long heldBytes = isDelta ? _dictionarySizesBytes.GetValueOrDefault(dictionaryId) : 0;
        _dictionarySizesBytes[dictionaryId] = heldBytes + message.SizeBytes;
        long totalBytes = _dictionarySizesBytes.Values.Sum();
        if (totalBytes > DictionarySizeBytesMax)
        {
            throw new ArrowInputException(
                $"{totalBytes} bytes of Arrow dictionaries in one stream; the limit is "
                + $"{DictionarySizeBytesMax}");
        }
    }

    /// <summary>Shows one message at a time to the library's reader, then the end of the stream.</summary>
    private sealed class FeedStream : Stream
    {
        public ReadOnlyMemory<byte> Next { get; set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            int sizeBytes = Math.Min(buffer.Length, Next.Length);
            Next.Span[..sizeBytes].CopyTo(buffer);
            Next = Next[sizeBytes..];
            return sizeBytes;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
