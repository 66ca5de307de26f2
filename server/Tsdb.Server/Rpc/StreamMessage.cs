using System.Buffers;
using Tsdb.Protocol.V1;

namespace Tsdb.Server.Rpc;

/// <summary>
/// A <see cref="StreamRequest"/> whose columns lie in rented memory: a message of some 100 KB for each batch
/// would be most of what the garbage collector has to do. Whoever gets it disposes it when the columns are
/// read.
/// </summary>
/// <param name="open">What the first message says.</param>
/// <param name="sequence">Number of the batch.</param>
/// <param name="rented">Goes back to the shared pool.</param>
/// <param name="ipc">The columns, in the rented memory.</param>
internal sealed class StreamMessage(StreamOpen? open, ulong sequence, byte[] rented, ReadOnlyMemory<byte> ipc)
    : IDisposable
{
    private byte[]? _rented = rented;

    public StreamOpen? Open => open;

    public ulong Sequence => sequence;

    /// <summary>Whole messages of an Arrow IPC stream. Gone after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Ipc => ipc;

    /// <inheritdoc />
    public void Dispose()
    {
        if (_rented is { } array)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
