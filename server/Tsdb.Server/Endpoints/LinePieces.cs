using System.Buffers;
using System.IO.Pipelines;
using Tsdb.Core;
using Tsdb.Server.Faults;
using Tsdb.Storage;

namespace Tsdb.Server.Endpoints;

/// <summary>
/// Cuts a stream of text into pieces of about 1 MB that end at a line's end: large enough to be worth a
/// commit, small enough that parsing one piece overlaps receiving the next.
/// </summary>
/// <remarks>
/// The memory is pooled: a piece is valid until the next call. It grows with what arrives; a slow sender has
/// little of it, and while memory is short pieces are smaller. One thread.
/// </remarks>
internal sealed class LinePieces : IDisposable
{
    // From the first size to that of a piece in three steps, or at once where as much as this has come.
    private const int GrowthFactor = 4;
    private const int FastSizeBytes = 64 << 10;

    private readonly PipeReader _reader;
    private readonly long _sizeBytesMax;
    private readonly MemoryHold _memory;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(LineCut.FirstSizeBytes);
    private int _filledBytes;
    private int _givenBytes;
    private bool _isAtEnd;

    /// <summary>Begins to read.</summary>
    /// <param name="reader">The text; the caller completes it.</param>
    /// <param name="sizeBytesMax">Bytes after which the sender is refused.</param>
    /// <param name="memory">Pays for the buffer; disposed with this.</param>
    public LinePieces(PipeReader reader, long sizeBytesMax, MemoryHold memory)
    {
        _memory = memory;
        _memory.Set(_buffer.Length);
        _reader = reader;
        _sizeBytesMax = sizeBytesMax;
    }

    /// <summary>Bytes read so far.</summary>
    public long TotalSizeBytes { get; private set; }

    /// <summary>
    /// The next piece: whole lines, the last one perhaps without its end; empty at the end.
    /// </summary>
    /// <exception cref="RequestFaultException">The text or a line of it is larger than its limit.</exception>
    /// <exception cref="StorageClosedException">There is no memory for a long line.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken cancellation)
    {
        KeepRest();
        while (!_isAtEnd)
        {
            if (_filledBytes == _buffer.Length
                && !(_filledBytes < LineCut.PieceSizeBytes && TryGrow(LineCut.PieceSizeBytes)))
            {
                int endBytes = LineCut.Measure(_buffer);
                if (endBytes > 0)
                {
                    return Give(endBytes);
                }

                GrowForLine();
            }

            await FillAsync(cancellation);
        }

        return Give(_filledBytes);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _memory.Dispose();
    }

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        ReadResult read = await _reader.ReadAsync(cancellation);
        ReadOnlySequence<byte> received = read.Buffer;
        if (received.Length >= FastSizeBytes && _buffer.Length < LineCut.PieceSizeBytes)
        {
            _ = TryGrow(LineCut.PieceSizeBytes, LineCut.PieceSizeBytes);
        }

        int sizeBytes = (int)Math.Min(received.Length, _buffer.Length - _filledBytes);
        received.Slice(0, sizeBytes).CopyTo(_buffer.AsSpan(_filledBytes));
        _filledBytes += sizeBytes;
        TotalSizeBytes += sizeBytes;
        _isAtEnd = read.IsCompleted && sizeBytes == received.Length;
        _reader.AdvanceTo(received.GetPosition(sizeBytes));
        if (TotalSizeBytes > _sizeBytesMax)
        {
            throw new RequestFaultException(
                FaultKind.TooLarge, $"the body is larger than the limit of {_sizeBytesMax} bytes");
        }
    }

    private ReadOnlyMemory<byte> Give(int sizeBytes)
    {
        _givenBytes = sizeBytes;
        return _buffer.AsMemory(0, sizeBytes);
    }

    private void KeepRest()
    {
        Invariant.Holds(_givenBytes <= _filledBytes);
        _buffer.AsSpan(_givenBytes, _filledBytes - _givenBytes).CopyTo(_buffer);
        _filledBytes -= _givenBytes;
        _givenBytes = 0;
    }

    private void GrowForLine()
    {
        if (_buffer.Length >= LineCut.LineSizeBytesMax)
        {
            throw new RequestFaultException(
                FaultKind.TooLarge, $"a line is longer than the limit of {LineCut.LineSizeBytesMax} bytes");
        }

        if (!TryGrow(LineCut.LineSizeBytesMax))
        {
            throw LineCut.RefuseLongLine();
        }
    }

    private bool TryGrow(int sizeBytesMax) => TryGrow(_buffer.Length * GrowthFactor, sizeBytesMax);

    private bool TryGrow(int wantedSizeBytes, int sizeBytesMax)
    {
        int sizeBytes = Math.Min(wantedSizeBytes, sizeBytesMax);
        if (!_memory.TrySet(sizeBytes))
        {
            return false;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(sizeBytes);
        _buffer.AsSpan(0, _filledBytes).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        return true;
    }
}
