using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>
/// Where one database's catalogue gets its native memory, and the account that pays for it. Blocks outlive
/// the database as long as a reader holds them; what they cost is given back when the database closes.
/// </summary>
/// <remarks>Thread safe.</remarks>
internal sealed class NativeHeap(MemoryAccount? account)
{
    private readonly Lock _gate = new();
    private long _usedBytes;
    private bool _isClosed;

    /// <summary>Bytes in blocks that are not freed yet.</summary>
    public long UsedBytes => Volatile.Read(ref _usedBytes);

    /// <summary>A block of zeros, freed when nobody refers to it any more.</summary>
    public NativeBlock Allocate(long sizeBytes)
    {
        NativeBlock block = new(this, sizeBytes);
        lock (_gate)
        {
            _usedBytes += sizeBytes;
            if (!_isClosed)
            {
                // Definitions are logged before they are indexed: they cannot be refused here.
                account?.Charge(sizeBytes);
            }
        }

        return block;
    }

    /// <summary>Takes the account's charge back; blocks still in use go on living unpaid.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _isClosed = true;
                account?.Release(_usedBytes);
            }
        }
    }

    internal void NoteFreed(long sizeBytes)
    {
        lock (_gate)
        {
            _usedBytes -= sizeBytes;
            if (!_isClosed)
            {
                account?.Release(sizeBytes);
            }
        }
    }
}
