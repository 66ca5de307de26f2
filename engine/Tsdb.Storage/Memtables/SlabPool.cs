using Tsdb.Core;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// The memory of a database's memtables: what one memtable gives back the next one takes, so that only the
/// first rows ever cost page faults. Charged to an account from the first use until it goes back to the
/// system.
/// </summary>
/// <remarks>Thread safe. Slabs may come back after the pool was disposed.</remarks>
/// <param name="account">Pays for the slabs, spares included; null where nobody keeps accounts.</param>
/// <param name="spareSizeBytesMax">How much is kept for reuse.</param>
internal sealed class SlabPool(MemoryAccount? account, long spareSizeBytesMax) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<nint> _spares = new();
    private bool _isDisposed;

    /// <summary>Whether more is charged than may be.</summary>
    public bool IsOverdrawn => account is { AvailableBytes: < 0 };

    /// <summary>Gives a slab of <see cref="NativeSlab.SizeBytes"/>, content undefined.</summary>
    public nint Take()
    {
        lock (_gate)
        {
            if (_spares.TryPop(out nint spare))
            {
                return spare;
            }
        }

        // What is committed cannot be refused: the commit thread looks at the limit and lets flush.
        account?.Charge(NativeSlab.SizeBytes);
        return NativeSlab.Allocate();
    }

    /// <summary>
    /// Has so many bytes ready before the first rows come: they would wait for every page of them. Less where
    /// memory is short.
    /// </summary>
    public void Prepare(long sizeBytes)
    {
        while (true)
        {
            lock (_gate)
            {
                long preparedBytes = (_spares.Count + 1L) * NativeSlab.SizeBytes;
                if (_isDisposed || preparedBytes > Math.Min(sizeBytes, spareSizeBytesMax)
                    || account is { AvailableBytes: < NativeSlab.SizeBytes })
                {
                    return;
                }
            }

            account?.Charge(NativeSlab.SizeBytes);
            Return(NativeSlab.Allocate());
        }
    }

    /// <summary>Takes a slab back.</summary>
    public void Return(nint slab)
    {
        lock (_gate)
        {
            bool isWanted = (_spares.Count + 1L) * NativeSlab.SizeBytes <= spareSizeBytesMax
                && !IsOverdrawn;
            if (!_isDisposed && isWanted)
            {
                _spares.Push(slab);
                return;
            }
        }

        Free(slab);
    }

    /// <summary>Gives the spares back to the system.</summary>
    public void FreeSpares()
    {
        lock (_gate)
        {
            while (_spares.TryPop(out nint slab))
            {
                Free(slab);
            }
        }
    }

    /// <summary>As <see cref="FreeSpares"/>; from now on none are kept.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            FreeSpares();
        }

        GC.SuppressFinalize(this);
    }

    ~SlabPool() => Dispose();

    /// <summary>Gives a slab back to the system, whether or not it is wanted here.</summary>
    public void Free(nint slab)
    {
        NativeSlab.Free(slab);
        account?.Release(NativeSlab.SizeBytes);
    }
}
