namespace Tsdb.Storage.Flushing;

/// <summary>
/// The background thread that writes full memtables to segments and merges segments. One memtable may wait
/// while
/// another is written; whoever brings a third waits.
/// </summary>
internal sealed class FlushQueue : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _slots = new(2);
    private readonly Queue<Action> _work = new();
    private readonly SemaphoreSlim _workCount = new(0);
    private readonly Queue<(long Number, TaskCompletionSource Completion)> _waiters = [];
    private readonly Thread _thread;
    private long _queuedCount;
    private long _doneCount;
    private StorageClosedException? _failure;
    private bool _isClosed;

    public FlushQueue()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "tsdb-flush" };
        _thread.Start();
    }

    /// <summary>The failure that stopped the thread, if any.</summary>
    public StorageClosedException? Failure => Volatile.Read(ref _failure);

    /// <summary>Queues work, waiting while two pieces are open. The work may fail with the device's
    /// exceptions.</summary>
    public void Enqueue(Action work)
    {
        _slots.Wait();
        StorageClosedException? failure = Failure;
        if (failure is not null)
        {
            _slots.Release();
            throw failure;
        }

        lock (_gate)
        {
            _queuedCount++;
            _work.Enqueue(work);
        }

        _workCount.Release();
    }

    /// <summary>Completes when all that is queued now is done; fails when the thread has failed.</summary>
    public Task WhenDoneAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                return Task.FromException(_failure);
            }

            if (_doneCount == _queuedCount)
            {
                return Task.CompletedTask;
            }

            TaskCompletionSource waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Enqueue((_queuedCount, waiter));
            return waiter.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Finishes what is queued and stops.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        _workCount.Release();
        _thread.Join();
        _slots.Dispose();
        _workCount.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _workCount.Wait();
            Action? work;
            lock (_gate)
            {
                if (!_work.TryDequeue(out work) && _isClosed)
                {
                    return;
                }
            }

            if (work is not null)
            {
                Perform(work);
            }
        }
    }

    private void Perform(Action work)
    {
        try
        {
            if (Failure is null)
            {
                work();
            }
        }
        catch (Exception exception)
            when (exception is IOException or OverflowException or OutOfMemoryException)
        {
            // What was to be flushed stays in memory and in the log: nothing is lost, but nothing more is
            // taken.
            Volatile.Write(ref _failure, new StorageClosedException("a flush failed; read-only", exception));
        }

        lock (_gate)
        {
            _doneCount++;
            CompleteWaiters();
        }

        _slots.Release();
    }

    private void CompleteWaiters()
    {
        while (_waiters.TryPeek(out (long Number, TaskCompletionSource Completion) waiter)
            && (waiter.Number <= _doneCount || _failure is not null))
        {
            _waiters.Dequeue();
            if (_failure is null)
            {
                waiter.Completion.SetResult();
            }
            else
            {
                waiter.Completion.SetException(_failure);
            }
        }
    }
}
