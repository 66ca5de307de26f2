using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Tsdb.Server.Hosting;

/// <summary>
/// Gives Kestrel its memory: one pool for all connections, so that its bound holds for the server.
/// </summary>
/// <param name="engine">Has the accounts.</param>
internal sealed class LargeBlockPoolFactory(EngineHost engine) : IMemoryPoolFactory<byte>, IDisposable
{
    private readonly LargeBlockPool _pool = new(engine.Memory.Ingest);

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new SharedPool(_pool);

    public void Dispose() => _pool.Dispose();

    // Kestrel disposes what it gets; the pool behind lives as long as the server.
    private sealed class SharedPool(LargeBlockPool pool) : MemoryPool<byte>
    {
        public override int MaxBufferSize => pool.MaxBufferSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => pool.Rent(minBufferSize);

        protected override void Dispose(bool disposing)
        {
        }
    }
}
