using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>
/// Where one database's catalogue gets its native memory, and the account that pays for it. Blocks outlive
/// the database as long as a reader holds them; what they cost is given back when the database closes.
/// </summary>
/// <remarks>
/// Thread safe. The collector does not see native memory, so it is asked for a collection, which runs beside
/// everything else, whenever as much was allocated since the last one as is in use: then blocks that were
/// replaced take no more than those that count. To tell it of each block instead made it collect ten times as
/// often (a million new series).
/// </remarks>
internal sealed class NativeHeap(MemoryAccount? account)
{
    private const long CollectedSizeBytesMin = 64L << 20;

    private readonly Lock _gate = new();
    private int _lastCollection;
    private long _allocatedBytes;
    private long _usedBytes;
    private bool _isClosed;

    /// <summary>Bytes in blocks that are not freed yet.</summary>
    public long UsedBytes => Volatile.Read(ref _usedBytes);

    /// <summary>A block of zeros, freed when nobody refers to it any more.</summary>
    public NativeBlock Allocate(long sizeBytes)
    {
        NativeBlock block = new(this, sizeBytes);
        bool isCollecting;
        lock (_gate)
        {
            _usedBytes += sizeBytes;
            isCollecting = IsCollectionDue(sizeBytes);
            if (!_isClosed)
            {
                // Definitions are logged before they are indexed: they cannot be refused here.
                account?.Charge(sizeBytes);
            }
        }

        if (isCollecting)
        {
            Collect();
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

        if (UsedBytes >= CollectedSizeBytesMin)
        {
            Collect();
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

    private bool IsCollectionDue(long sizeBytes)
    {
        int collection = GC.CollectionCount(GC.MaxGeneration);
        _allocatedBytes = collection == _lastCollection ? _allocatedBytes + sizeBytes : sizeBytes;
        _lastCollection = collection;
        if (_allocatedBytes < Math.Max(CollectedSizeBytesMin, _usedBytes / 2))
        {
            return false;
        }

        _allocatedBytes = 0;
        return true;
    }

    private static void Collect() =>
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false, compacting: false);
}
