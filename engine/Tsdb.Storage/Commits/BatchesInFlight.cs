using Tsdb.Core;

namespace Tsdb.Storage.Commits;

/// <summary>
/// Bounds the batches between their sender and the log by their bytes: beyond the bound senders wait. One
/// batch is always let in, however large: storing it is what frees its memory.
/// </summary>
/// <remarks>Thread safe. Who has entered waits for nothing but the commit.</remarks>
internal sealed class BatchesInFlight(MemoryAccount? account, long sizeBytesMax)
{
    private readonly Lock _gate = new();
    private long _sizeBytes;
    private TaskCompletionSource? _room;

    /// <summary>Bytes of the batches in flight.</summary>
    public long SizeBytes => Volatile.Read(ref _sizeBytes);

    /// <summary>Lets a batch in; waits while there are too many bytes.</summary>
    public async ValueTask EnterAsync(long sizeBytes, CancellationToken cancellationToken)
    {
        while (FindWait(sizeBytes) is { } wait)
        {
            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        account?.Charge(sizeBytes);
    }

    /// <summary>Waits until no batch is in flight.</summary>
    public async ValueTask WaitUntilEmptyAsync(CancellationToken cancellationToken)
    {
        while (FindRest() is { } rest)
        {
            await rest.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A batch is done with.</summary>
    public void Leave(long sizeBytes)
    {
        account?.Release(sizeBytes);
        TaskCompletionSource? room;
        lock (_gate)
        {
            _sizeBytes -= sizeBytes;
            Invariant.Holds(_sizeBytes >= 0);
            room = _room;
            _room = null;
        }

        room?.SetResult();
    }

    /// <summary>Completes when a batch leaves; null when there is none.</summary>
    private Task? FindRest()
    {
        lock (_gate)
        {
            return _sizeBytes == 0 ? null : BeginWait();
        }
    }

    /// <summary>Null when the batch was let in.</summary>
    private Task? FindWait(long sizeBytes)
    {
        lock (_gate)
        {
            if (_sizeBytes == 0 || sizeBytes <= sizeBytesMax - _sizeBytes)
            {
                _sizeBytes += sizeBytes;
                return null;
            }

            return BeginWait();
        }
    }

    // Under the lock.
    private Task BeginWait()
    {
        _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _room.Task;
    }
}
