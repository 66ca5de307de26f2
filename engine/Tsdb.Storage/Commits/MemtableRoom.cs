using Tsdb.Storage.Flushing;
using Tsdb.Storage.Memtables;

namespace Tsdb.Storage.Commits;

/// <summary>
/// Whether there is memory for more rows. When there is not: what is being flushed is waited for, then other
/// databases are asked to give theirs back, and only then writes are refused for a while.
/// </summary>
/// <remarks>The commit thread's, which must not wait for anything that could wait for it.</remarks>
internal sealed class MemtableRoom(SlabPool slabs, FlushQueue flushes, StorageOptions options)
{
    private int _isAsked;

    /// <summary>Has this database's memory given back when another database needs it.</summary>
    /// <param name="ask">Asks the commit thread to flush; false when that cannot be asked now.</param>
    public void OfferToOthers(Func<bool> ask)
    {
        if (options.Memory is { } memory)
        {
            memory.GiveRoom = () =>
            {
                slabs.FreeSpares();
                if (Interlocked.Exchange(ref _isAsked, 1) == 0 && !ask())
                {
                    Volatile.Write(ref _isAsked, 0);
                }
            };
        }
    }

    /// <summary>What was asked is done: it may be asked again.</summary>
    public void NoteGiven() => Volatile.Write(ref _isAsked, 0);

    /// <summary>Nobody is to ask any more.</summary>
    public void Close()
    {
        if (options.Memory is { } memory)
        {
            memory.GiveRoom = null;
        }
    }

    /// <summary>Waits for flushes under way while memory is short; gives the reason if it then still
    /// is.</summary>
    public StorageClosedException? Make()
    {
        if (!slabs.IsOverdrawn)
        {
            return null;
        }

        flushes.WaitWhile(() => slabs.IsOverdrawn);
        if (!slabs.IsOverdrawn)
        {
            return null;
        }

        // What is left is held by readers or by other databases.
        options.Memory?.AskOthersForRoom();
        return new StorageClosedException("memory is full of rows that are being read or flushed")
        {
            Refusal = StorageRefusal.MemoryFull,
            RetryAfter = options.FaultRetryInterval,
        };
    }
}
