using Tsdb.Core;
using Tsdb.Storage;

namespace Tsdb.Engine;

/// <summary>Pays for the batches that one writer holds, as they grow and go.</summary>
/// <remarks>Not thread safe.</remarks>
internal sealed class BatchMemory(DatabaseMemory? memory)
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    private long _paidBytes;

    /// <summary>Whether requests on their way in hold more than they may.</summary>
    public bool IsOverdrawn => memory is { Ingest.AvailableBytes: < 0 } || IsHeapShort;

    /// <summary>Whether nothing new may begin, also no batch alone.</summary>
    public bool IsHeapShort => memory is { IsHeapShort: true };

    /// <summary>Charges or gives back what has changed since the last call. What is parsed already cannot be
    /// refused.</summary>
    /// <param name="heldBytes">What the writer's batches hold now.</param>
    public void Pay(long heldBytes)
    {
        if (heldBytes > _paidBytes)
        {
            memory?.Ingest.Charge(heldBytes - _paidBytes);
        }
        else
        {
            memory?.Ingest.Release(_paidBytes - heldBytes);
        }

        _paidBytes = heldBytes;
    }

    /// <summary>The answer to a sender for whose rows there is no memory.</summary>
    public static StorageClosedException Refuse() => new("memory for requests on their way in is full")
    {
        Refusal = StorageRefusal.MemoryFull,
        RetryAfter = _retryAfter,
    };
}
