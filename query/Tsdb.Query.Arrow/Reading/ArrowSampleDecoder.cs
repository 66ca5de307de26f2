using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>
/// Reads a sender's Arrow IPC stream, which arrives in pieces cut anywhere, as sample batches. Nothing a
/// sender can write makes it take more memory than its limits, or throw anything but
/// <see cref="ArrowInputException"/>. After a stream's end mark another may follow, with a schema of its own.
/// </summary>
/// <remarks>One thread. Pieces that hold whole messages are read where they are, others are copied.</remarks>
public sealed class ArrowSampleDecoder : IDisposable
{
    private readonly ArrowSampleOptions _options;
    private ArrowBatchReader? _reader;
    private ReadOnlyMemory<byte> _unread;
    private byte[] _kept = [];
    private int _keptFirst;
    private int _neededBytes;
    private bool _isKept;

    /// <summary>Makes a reader for one stream.</summary>
    public ArrowSampleDecoder(ArrowSampleOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <summary>Whether a schema came and no end mark after it.</summary>
    public bool HasSchema => _reader is not null;

    /// <summary>Whether an end mark came.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether the bytes taken so far end inside a message.</summary>
    public bool IsInsideMessage => !_unread.IsEmpty;

    /// <summary>Memory that the stream keeps: unfinished messages, dictionaries, what was
    /// decompressed.</summary>
    public long CapacityBytes => _kept.Length + (_reader?.CapacityBytes ?? 0);

    /// <summary>Whether all that was fed is read.</summary>
    public bool IsDrained => _unread.IsEmpty && _reader is not { HasRows: true };

    /// <summary>Rows read so far, refused ones included; the next row's number less one. May be set
    /// back.</summary>
    public int RowCount { get; set; }

    /// <summary>Takes the next piece of the stream.</summary>
    /// <param name="piece">Left alone by the caller until <see cref="TryRead"/> returns false.</param>
    public void Feed(ReadOnlyMemory<byte> piece)
    {
        if (_unread.IsEmpty)
        {
            _unread = piece;
            _isKept = false;
            return;
        }

        // What is unread lies in our own array already: the piece goes behind it.
        Invariant.Holds(_isKept);
        int endBytes = checked(_keptFirst + _unread.Length + piece.Length);
        if (endBytes > _kept.Length)
        {
            int neededBytes = _unread.Length + piece.Length;
            byte[] target = neededBytes <= _kept.Length / 2
                ? _kept
                : new byte[Math.Max(neededBytes, (int)Math.Min(Array.MaxLength, _kept.Length * 2L))];
            _unread.Span.CopyTo(target);
            _kept = target;
            _keptFirst = 0;
        }

        piece.CopyTo(_kept.AsMemory(_keptFirst + _unread.Length));
        _unread = _kept.AsMemory(_keptFirst, _unread.Length + piece.Length);
    }

    /// <summary>Reads the next rows of what was fed.</summary>
    /// <param name="target">Cleared and filled; without a table when all rows were refused.</param>
    /// <param name="rejects">Gets the refused rows.</param>
    /// <returns>False when more bytes are needed.</returns>
    /// <exception cref="ArrowInputException">The stream cannot be read.</exception>
    public bool TryRead(SampleBatch target, RejectLog rejects)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(rejects);
        while (_reader is not { HasRows: true })
        {
            if (!TryReadMessage())
            {
                Keep();
                return false;
            }
        }

        RowCount = (int)Math.Min(
            int.MaxValue, RowCount + (long)_reader.Read(FirstLineNumber, target, rejects));
        return true;
    }

    /// <inheritdoc />
    public void Dispose() => _reader?.Dispose();

    // Beyond 2³¹ rows of one request the numbers in its refusals stand still.
    private int FirstLineNumber => Math.Min(RowCount, int.MaxValue - ArrowBatchReader.RowCountMax) + 1;

    private bool TryReadMessage()
    {
        if (_unread.Length < _neededBytes
            || !ArrowMessage.TryRead(_unread.Span, _options.MessageSizeBytesMax, out ArrowMessage message))
        {
            return false;
        }

        _neededBytes = message.SizeBytes;
        if (_unread.Length < _neededBytes)
        {
            return false;
        }

        _neededBytes = 0;
        ReadOnlyMemory<byte> bytes = _unread[..message.SizeBytes];
        _unread = _unread[message.SizeBytes..];
        _keptFirst += _isKept ? message.SizeBytes : 0;
        if (message.Kind == ArrowMessageKind.EndOfStream)
        {
            if (_reader is null && !IsEnded)
            {
                throw new ArrowInputException("the Arrow stream ends before its schema");
            }

            IsEnded = true;
            _reader?.Dispose();
            _reader = null;
            return true;
        }

        FlatTable header = message.OpenHeader(bytes.Span);
        ReadOnlyMemory<byte> body = bytes[(ArrowMessage.PrefixSizeBytes + message.MetadataSizeBytes)..];
        if (_reader is null != (message.Kind == ArrowMessageKind.Schema))
        {
            throw new ArrowInputException(
                _reader is null
                    ? "the stream does not start with a schema"
                    : "a second schema in one stream");
        }

        switch (message.Kind)
        {
            case ArrowMessageKind.Schema:
                _reader = new ArrowBatchReader(ArrowSchema.Read(header), _options);
                break;
            case ArrowMessageKind.DictionaryBatch:
                _reader!.LoadDictionary(header, body);
                break;
            default:
                _reader!.Load(header, body);
                break;
        }

        return true;
    }

    // The piece goes back to its owner: what is left of it is copied.
    private void Keep()
    {
        if (_isKept || _unread.IsEmpty)
        {
            return;
        }

        if (_kept.Length < _unread.Length)
        {
            _kept = new byte[Math.Max(_unread.Length, _neededBytes)];
        }

        _unread.Span.CopyTo(_kept);
        _unread = _kept.AsMemory(0, _unread.Length);
        _keptFirst = 0;
        _isKept = true;
    }
}
