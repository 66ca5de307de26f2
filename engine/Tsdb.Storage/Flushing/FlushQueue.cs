using Tsdb.Storage.Working;

namespace Tsdb.Storage.Flushing;

/// <summary>
/// The background thread that writes full memtables to segments and merges segments. One memtable may wait
/// while another is written; whoever brings a third waits. Work that the device fails is tried again, later
/// and later, until it succeeds: what it is about stays in memory and in the log meanwhile.
/// </summary>
internal sealed class FlushQueue : IWork, IDisposable
{
    private const int OpenCountMax = 2;
    private const int DelayDoublingCountMax = 5;

    private readonly TimeProvider _clock;
    private readonly TimeSpan _retryInterval;
    private readonly object _gate = new();
    private readonly Queue<Action> _work = new();
    private readonly Queue<(long Number, TaskCompletionSource Completion)> _waiters = [];
    private readonly IWorkHost _host;
    private readonly IWorker _worker;
    private Action? _current;
    private ITimer? _retry;
    private int _tryCount;
    private long _queuedCount;
    private long _doneCount;
    private StorageClosedException? _failure;
    private bool _isRetryDue;
    private bool _isClosed;
    private bool _isGivenUp;

    public FlushQueue(TimeProvider clock, StorageOptions options, IWorkHost host)
    {
        _clock = clock;
        _retryInterval = options.FaultRetryInterval;
        _host = host;
        _worker = host.Start(this);
    }

    /// <summary>Why the present piece of work has failed so far; null when it has not.</summary>
    public StorageClosedException? Failure => Volatile.Read(ref _failure);

    public string Name => "tsdb-flush";

    public bool IsBehindOthers => false;

    /// <summary>Waits while two pieces are open. Gives the reason when they cannot be done at the
    /// moment.</summary>
    public StorageClosedException? WaitForRoom()
    {
        _host.Wait(_gate, () => _queuedCount - _doneCount < OpenCountMax || _failure is not null);
        lock (_gate)
        {
            return _queuedCount - _doneCount < OpenCountMax ? null : new StorageClosedException(
                $"memory is full of rows that could not be flushed: {_failure?.Message}", _failure)
            {
                Refusal = StorageRefusal.MemoryFull,
                RetryAfter = _retryInterval,
            };
        }
    }

    /// <summary>Waits while the condition holds and there is work under way that could end it.</summary>
    public void WaitWhile(Func<bool> condition) =>
        _host.Wait(_gate, () => _queuedCount == _doneCount || _failure is not null || !condition());

    /// <summary>Queues work. It may fail with the device's exceptions, and is then done again from its
    /// beginning.</summary>
    public void Enqueue(Action work)
    {
        lock (_gate)
        {
            _queuedCount++;
            _work.Enqueue(work);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Completes when all that is queued now is done; fails when a try of it fails.</summary>
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

    /// <summary>Finishes what is queued, as far as it can be done now, and stops.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }

        _worker.Join();
        _retry?.Dispose();
    }

    /// <summary>Tries one piece of work once, unless the pause after its last try is not over.</summary>
    public WorkState RunOnce()
    {
        lock (_gate)
        {
            if (_current is null && !_work.TryDequeue(out _current))
            {
                return _isClosed ? WorkState.Done : WorkState.Idle;
            }

            if (_retry is not null)
            {
                // When closing: what was to be flushed is in the log, and is recovered at the next start.
                // What comes after it must not be flushed, or the log would be forgotten up to there.
                _isGivenUp |= _isClosed;
                if (!_isClosed && !_isRetryDue)
                {
                    return WorkState.Idle;
                }

                _retry.Dispose();
                _retry = null;
            }
        }

        if (_isGivenUp || TryOnce(_current))
        {
            Complete();
        }
        else
        {
            StartRetryPause();
        }

        return WorkState.Busy;
    }

    public void WaitForWork() => _host.Wait(
        _gate, () => _isClosed || (_current is null ? _work.Count > 0 : _isRetryDue));

    private void Complete()
    {
        lock (_gate)
        {
            _current = null;
            _tryCount = 0;
            _doneCount++;
            CompleteWaiters();
            Monitor.PulseAll(_gate);
        }
    }

    private bool TryOnce(Action work)
    {
        try
        {
            work();
            Volatile.Write(ref _failure, null);
            return true;
        }
        catch (Exception exception)
            when (exception is IOException or OverflowException or OutOfMemoryException)
        {
            lock (_gate)
            {
                Volatile.Write(ref _failure, new StorageClosedException(
                    $"a flush failed and is tried again: {exception.Message}", exception)
                {
                    Refusal = StorageRefusal.MemoryFull,
                    RetryAfter = _retryInterval,
                });
                CompleteWaiters();
                Monitor.PulseAll(_gate);
            }

            return false;
        }
    }

    private void StartRetryPause()
    {
        TimeSpan delay = _retryInterval * (1 << Math.Min(_tryCount++, DelayDoublingCountMax));
        lock (_gate)
        {
            _isRetryDue = false;
            _retry = _clock.CreateTimer(
                static state => ((FlushQueue)state!).MakeRetryDue(), this, delay, Timeout.InfiniteTimeSpan);
        }
    }

    private void MakeRetryDue()
    {
        lock (_gate)
        {
            _isRetryDue = true;
            Monitor.PulseAll(_gate);
        }
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
