using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Expiry;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Versions;
using Tsdb.Storage.Working;

namespace Tsdb.Storage.Compaction;

/// <summary>
/// The thread that merges segments, behind all others: what helps reads most goes first. What it does can be
/// stopped at any block, and then leaves nothing behind.
/// </summary>
/// <remarks>Thread safe.</remarks>
#pragma warning disable CA1506 // Planners, merges and requests meet here.
internal sealed class CompactionLoop : IWork, IDisposable
#pragma warning restore CA1506
{
    private static readonly TimeSpan _eraseEvery = TimeSpan.FromMinutes(1);

    private readonly VersionSet _versions;
    private readonly CompactionPlanner _planner;
    private readonly ErasurePlanner _erasures;
    private readonly MergeBackoff _backoff;
    private readonly MergeProgress _progress;
    private readonly CompactionCounters _counters = new();
    private readonly MergeRun _run;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly CancellationTokenSource _closing = new();
    private readonly ManualResetEventSlim _isIdle = new(true);
    private readonly TimeProvider _clock;
    private readonly IWorker _worker;
    private long _passedAtTimestamp;
    private bool _isDue;
    private List<TaskCompletionSource> _requests = [];
    private CancellationTokenSource? _current;
    private int _pauseCount;

    public CompactionLoop(
        IStorageDevice device,
        StorageOptions options,
        TimeProvider clock,
        SegmentPublisher publisher,
        VersionSet versions,
        CatalogStore catalog,
        IWorkHost host)
    {
        _versions = versions;
        _planner = new CompactionPlanner(options);
        Expired = new ExpiredRows(catalog, options, publisher);
        _erasures = new ErasurePlanner(clock, publisher, Expired, _counters);
        _backoff = new MergeBackoff(clock);
        _progress = new MergeProgress(
            new CompactionThrottle(options.CompactionSizeBytesPerSecondMax, clock), host);
        _run = new MergeRun(device, publisher, _progress, _counters, options.Memory?.Scratch);
        _clock = clock;
        _passedAtTimestamp = clock.GetTimestamp();
        _worker = host.Start(this);
    }

    /// <summary>What has outlived its time.</summary>
    public ExpiredRows Expired { get; }

    /// <summary>Counters, queue and failures.</summary>
    public CompactionStatistics Statistics => _counters.Read(_progress, _backoff);

    public string Name => "tsdb-compact";

    public bool IsBehindOthers => true;

    // Deadlines of deletes are looked at now and then.
    private TimeSpan PauseMax =>
        _backoff.FindNextTry() is { } nextTry && nextTry < _eraseEvery ? nextTry : _eraseEvery;

    private bool IsPaused
    {
        get
        {
            lock (_gate)
            {
                return _pauseCount > 0;
            }
        }
    }

    /// <summary>Has the thread look for work: segments have come.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (!_closing.IsCancellationRequested)
            {
                _work.Release();
            }
        }
    }

    /// <summary>
    /// Merges until no segments overlap; completes when that is done, or has been tried: merges that fail
    /// stand in the statistics.
    /// </summary>
    /// <exception cref="StorageClosedException">The database was closed meanwhile.</exception>
    public Task CompactAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource request = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_closing.IsCancellationRequested)
            {
                return Task.FromException(new StorageClosedException("the database is closed"));
            }

            _requests.Add(request);
            _work.Release();
        }

        return request.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Stops the merge under way, waits until it has, and lets none begin until the returned is disposed: for
    /// those who take segments away or copy their files.
    /// </summary>
    public IDisposable Pause()
    {
        lock (_gate)
        {
            _pauseCount++;
            _current?.Cancel();
        }

        _isIdle.Wait();
        return new Paused(Resume);
    }

    /// <summary>Stops the merge under way and the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closing.IsCancellationRequested)
            {
                return;
            }

            _closing.Cancel();
            _current?.Cancel();
            _work.Release();
        }

        _worker.Join();
        _current?.Dispose();
        _work.Dispose();
        _isIdle.Dispose();
        _closing.Dispose();
    }

    /// <summary>Looks for merges and does them, if it was woken or has not looked for long.</summary>
    public WorkState RunOnce()
    {
        if (_closing.IsCancellationRequested)
        {
            foreach (TaskCompletionSource request in TakeRequests())
            {
                request.SetException(new StorageClosedException("the database is closed"));
            }

            return WorkState.Done;
        }

        bool isDue = _isDue || _clock.GetElapsedTime(_passedAtTimestamp) >= PauseMax;
        _isDue = false;
        while (_work.Wait(0))
        {
            // However often it was woken, it looks once.
            isDue = true;
        }

        if (!isDue)
        {
            return WorkState.Idle;
        }

        Pass();
        _passedAtTimestamp = _clock.GetTimestamp();
        return WorkState.Busy;
    }

    public void WaitForWork()
    {
        _work.Wait(PauseMax);
        _isDue = true;
    }

    private void Pass()
    {
        if (IsPaused)
        {
            return;
        }

        List<TaskCompletionSource> requests = TakeRequests();
        _erasures.DropExpired(_versions);
        if (requests.Count > 0)
        {
            _backoff.ForgetPauses();
            MergeAll();
        }

        while (TryMergeNext(shard: null, isFull: false))
        {
            // One after another.
        }

        _erasures.ForgetDone(_versions);
        if (IsPaused || _closing.IsCancellationRequested)
        {
            ReturnRequests(requests);
            return;
        }

        foreach (TaskCompletionSource request in requests)
        {
            request.SetResult();
        }
    }

    /// <summary>Each shard in turn, and none twice: flushes that go on meanwhile cannot keep it
    /// busy.</summary>
    private void MergeAll()
    {
        for (int shard = 0; shard < _versions.ShardCount; shard++)
        {
            while (TryMergeNext(shard, isFull: true))
            {
                // Until nothing of the shard overlaps.
            }
        }
    }

    /// <summary>Does the most urgent merge; false when none is due or none may begin.</summary>
    private bool TryMergeNext(int? shard, bool isFull)
    {
        StorageVersion version = _versions.Acquire();
        try
        {
            CompactionJob? job = FindNext(version, shard, isFull);
            if (job is null || !TryBegin(out CancellationToken cancellation))
            {
                return false;
            }

            try
            {
                _run.Perform(job, _backoff, cancellation);
            }
            finally
            {
                End();
            }

            return !_closing.IsCancellationRequested;
        }
        finally
        {
            version.Release();
        }
    }

    private CompactionJob? FindNext(StorageVersion version, int? shard, bool isFull)
    {
        CompactionJob? next = null;
        long queuedCount = 0;
        long queuedSizeBytes = 0;
        for (int i = shard ?? 0; i < (shard + 1 ?? version.SegmentsByShard.Count); i++)
        {
            // A merge could overtake what a damaged segment held, were it ever to come back.
            if (_backoff.IsPaused(i) || version.IsDamaged(i)
                || FindJob(version, i, isFull) is not { } job)
            {
                continue;
            }

            queuedCount++;
            queuedSizeBytes += job.SizeBytes;
            next = next is null || IsBefore(job, next) ? job : next;
        }

        _counters.SetQueue(
            next is null ? 0 : queuedCount - 1, next is null ? 0 : queuedSizeBytes - next.SizeBytes);
        return next;
    }

    private CompactionJob? FindJob(StorageVersion version, int shard, bool isFull)
    {
        CompactionJob? job = _planner.Choose(version.SegmentsByShard[shard], isFull)
            ?? _erasures.Choose(version, shard, isFull);
        return job is null ? null : _erasures.Extend(job, version);
    }

    /// <summary>By reason, then the cheaper one: it frees readers sooner.</summary>
    private static bool IsBefore(CompactionJob left, CompactionJob right) => left.Reason != right.Reason
        ? left.Reason < right.Reason
        : left.SizeBytes < right.SizeBytes;

    private bool TryBegin(out CancellationToken cancellation)
    {
        lock (_gate)
        {
            cancellation = default;
            if (_pauseCount > 0 || _closing.IsCancellationRequested)
            {
                return false;
            }

            _current = new CancellationTokenSource();
            cancellation = _current.Token;
            _isIdle.Reset();
            return true;
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _current!.Dispose();
            _current = null;
            _isIdle.Set();
        }
    }

    private List<TaskCompletionSource> TakeRequests()
    {
        lock (_gate)
        {
            List<TaskCompletionSource> taken = _requests;
            _requests = [];
            return taken;
        }
    }

    /// <summary>They were not done: the thread takes them again when it goes on, or fails them when it
    /// ends.</summary>
    private void ReturnRequests(List<TaskCompletionSource> requests)
    {
        lock (_gate)
        {
            _requests.AddRange(requests);
        }
    }

    private void Resume()
    {
        lock (_gate)
        {
            _pauseCount--;
        }

        Wake();
    }

    private sealed class Paused(Action resume) : IDisposable
    {
        private Action? _resume = resume;

        public void Dispose() => Interlocked.Exchange(ref _resume, null)?.Invoke();
    }
}
