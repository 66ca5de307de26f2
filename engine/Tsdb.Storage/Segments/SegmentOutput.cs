using System.Buffers;
using Tsdb.Core;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Segments;

/// <summary>A file that grows at its end, through one large buffer.</summary>
internal sealed class SegmentOutput(IStorageFile file, long startOffsetBytes) : IChunkTarget, IDisposable
{
    private const int BufferSizeBytes = 1 << 20;

    // What is longer goes to the file from where it lies.
    private const int DirectSizeBytesMin = BufferSizeBytes / 4;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSizeBytes);
    private int _usedBytes;
    private long _flushedOffsetBytes = startOffsetBytes;

    /// <summary>Memory of the buffer.</summary>
    public int CapacityBytes => _buffer.Length;

    /// <summary>Where the next byte goes in the file.</summary>
    public long OffsetBytes => _flushedOffsetBytes + _usedBytes;

    /// <summary>
    /// Room for <paramref name="sizeBytes"/>; <see cref="Advance"/> takes what was written.
    /// </summary>
    public Span<byte> Reserve(int sizeBytes)
    {
        if (sizeBytes > _buffer.Length - _usedBytes)
        {
            Flush();
            if (sizeBytes > _buffer.Length)
            {
                // Whoever gets no larger one still has this, to be given back once.
                byte[] larger = ArrayPool<byte>.Shared.Rent(sizeBytes);
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = larger;
            }
        }

        return _buffer.AsSpan(_usedBytes);
    }

    public void Advance(int sizeBytes)
    {
        Invariant.Holds(sizeBytes >= 0 && sizeBytes <= _buffer.Length - _usedBytes);
        _usedBytes += sizeBytes;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > DirectSizeBytesMin)
        {
            Flush();
            file.Write(_flushedOffsetBytes, bytes);
            _flushedOffsetBytes += bytes.Length;
            return;
        }

        bytes.CopyTo(Reserve(bytes.Length));
        Advance(bytes.Length);
    }

    public void Flush()
    {
        if (_usedBytes > 0)
        {
            file.Write(_flushedOffsetBytes, _buffer.AsSpan(0, _usedBytes));
            _flushedOffsetBytes += _usedBytes;
            _usedBytes = 0;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }
}
