using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Server.Hosting;

/// <summary>
/// Memory for connections in blocks of 256 KB. With Kestrel's own 4 KB blocks, reading request bodies cost
/// twice the CPU time (measured by draining 900 MB over two connections: 0.94 against 0.43 CPU seconds).
/// </summary>
/// <param name="ingest">The share of requests on their way in; pays for all blocks, those kept as
/// well.</param>
internal sealed class LargeBlockPool(MemoryAccount ingest) : MemoryPool<byte>
{
    private const int BlockSizeBytes = 256 << 10;
    private const int KeptCountMax = 256;
    private const int KeptShare = 4;

    private readonly ConcurrentQueue<byte[]> _blocks = new();
    private readonly long _keptCountMax =
        Math.Min(KeptCountMax, ingest.LimitBytes / KeptShare / BlockSizeBytes);
    private int _keptCount;

    public override int MaxBufferSize => BlockSizeBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSizeBytes);
        if (_blocks.TryDequeue(out byte[]? block))
        {
            Interlocked.Decrement(ref _keptCount);
        }
        else
        {
            // What a connection receives into cannot be refused; Kestrel's own limits bound it.
            ingest.Charge(BlockSizeBytes);
            block = GC.AllocateUninitializedArray<byte>(BlockSizeBytes, pinned: true);
        }

        return new Block(this, block);
    }

    protected override void Dispose(bool disposing) => _blocks.Clear();

    private void Return(byte[] block)
    {
        if (Interlocked.Increment(ref _keptCount) <= _keptCountMax)
        {
            _blocks.Enqueue(block);
        }
        else
        {
            Interlocked.Decrement(ref _keptCount);
            ingest.Release(BlockSizeBytes);
        }
    }

    private sealed class Block(LargeBlockPool pool, byte[] bytes) : MemoryManager<byte>
    {
        private byte[]? _bytes = bytes;

        public override Memory<byte> Memory => CreateMemory(BlockSizeBytes);

        public override Span<byte> GetSpan() => _bytes;

        public override MemoryHandle Pin(int elementIndex = 0) =>
            MemoryMarshal.CreateFromPinnedArray(_bytes!, elementIndex, BlockSizeBytes - elementIndex).Pin();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
            if (Interlocked.Exchange(ref _bytes, null) is byte[] returned)
            {
                pool.Return(returned);
            }
        }

        protected override bool TryGetArray(out ArraySegment<byte> segment)
        {
            segment = new ArraySegment<byte>(_bytes!);
            return true;
        }
    }
}
