using System.Diagnostics;
using Tsdb.Core;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Working;

namespace Tsdb.Storage.Scrubbing;

/// <summary>
/// The thread that reads all segments again and again, at a bounded rate and behind all others, so that
/// damage is known before a query or a restart meets it. What it finds is reported; a rollup is taken away
/// and built anew; what turns out to be sound again is no longer reported.
/// </summary>
/// <remarks>Thread safe.</remarks>
internal sealed class ScrubLoop : IWork, IDisposable
{
    private const int TryCountMax = 3;

    private static readonly TimeSpan _startDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _recheckInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _markInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _waitMax = TimeSpan.FromHours(1);

    private readonly IStorageDevice _device;
    private readonly TimeProvider _clock;
    private readonly bool _isOff;
    private readonly TimeSpan _period;
    private readonly TimeSpan _retryInterval;
    private readonly ScrubPace _pace;
    private readonly ScrubFiles _files;
    private readonly ScrubCounters _counters;
    private readonly WaitTime _retry;
    private readonly WaitTime _nextPass;
    private readonly WaitTime _nextRecheck;
    private readonly WaitTime _nextMark;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Queue<long> _rechecks = [];
    private readonly DamageLook _look = new();
    private readonly List<TaskCompletionSource> _served = [];
    private readonly IWorker _worker;
    private List<TaskCompletionSource> _requests = [];
    private ScrubTarget? _target;
    private SegmentScrub? _scrub;
    private long _position;
    private long _resumePosition;
    private long _lastPassEndedNs;
    private int _tryCount;
    private bool _wasRecheck;

    public ScrubLoop(
        IStorageDevice device,
        StorageOptions options,
        TimeProvider clock,
        ScrubPace pace,
        ScrubFiles files,
        ScrubCounters counters,
        IWorkHost host)
    {
        _device = device;
        _clock = clock;
        _isOff = options.ScrubSizeBytesPerSecondMax == 0;
        _period = options.ScrubPeriod;
        _retryInterval = options.FaultRetryInterval;
        _pace = pace;
        _files = files;
        _counters = counters;
        _retry = new WaitTime(clock, TimeSpan.Zero);
        _nextRecheck = new WaitTime(clock, _startDelay);
        _nextMark = new WaitTime(clock, _markInterval);
        (_resumePosition, _lastPassEndedNs) = files.ReadMark();
        _nextPass = new WaitTime(clock, FindFirstPause());
        _worker = host.Start(this);
    }

    public string Name => "tsdb-scrub";

    public bool IsBehindOthers => true;

    private bool IsEager => _served.Count > 0;

    /// <summary>How long what is under way rests.</summary>
    private TimeSpan Left
    {
        get
        {
            TimeSpan paced = IsEager ? TimeSpan.Zero : _pace.Left;
            return _retry.Left > paced ? _retry.Left : paced;
        }
    }

    /// <summary>Verifies all files at once, at no bounded rate; completes when that is done.</summary>
    /// <exception cref="StorageClosedException">The database was closed meanwhile.</exception>
    public Task ScrubAsync(CancellationToken cancellationToken)
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

    /// <summary>Stops what is under way, and the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closing.IsCancellationRequested)
            {
                return;
            }

            _closing.Cancel();
            _work.Release();
        }

        _worker.Join();
        _scrub?.Dispose();
        _target?.Dispose();
        _work.Dispose();
        _closing.Dispose();
    }

    /// <summary>Verifies one block, if it is time.</summary>
    public WorkState RunOnce()
    {
        TakeRequests();
        if (_closing.IsCancellationRequested)
        {
            CloseTarget();
            StorageClosedException closed = new("the database is closed");
            _served.ForEach(request => request.TrySetException(closed));
            return WorkState.Done;
        }

        if ((_isOff && !IsEager) || Left > TimeSpan.Zero || (_target is null && !TryFindTarget()))
        {
            return WorkState.Idle;
        }

        TryStep();
        return WorkState.Busy;
    }

    public void WaitForWork()
    {
        TimeSpan wait = Left;
        if (wait == TimeSpan.Zero && _target is null)
        {
            wait = _counters.IsPassing ? TimeSpan.Zero : _nextPass.Left;
            wait = _files.Damages.IsEmpty || wait < _nextRecheck.Left ? wait : _nextRecheck.Left;
        }

        _work.Wait((_isOff && !IsEager) || wait > _waitMax ? _waitMax : wait);
    }

    /// <summary>What is known to be damaged, if it is time, and the next in order by turns: much damage must
    /// not keep the rest from being verified.</summary>
    private bool TryFindTarget()
    {
        if (_rechecks.Count == 0 && _nextRecheck.IsOver && !_files.Damages.IsEmpty)
        {
            foreach (long number in _files.FindDamagedNumbers())
            {
                _rechecks.Enqueue(number);
            }

            BeginRecheckInterval();
        }

        bool isPassDue = _counters.IsPassing || IsEager || _nextPass.IsOver;
        if (!_wasRecheck || !isPassDue)
        {
            TakeRecheck();
        }

        _wasRecheck = _target is not null;
        if (_target is null && !_counters.IsPassing)
        {
            if (!isPassDue)
            {
                return false;
            }

            _position = _resumePosition;
            _resumePosition = 0;
            _counters.IsPassing = true;
        }

        _target ??= _files.FindNext(_position);
        if (_target is null)
        {
            EndPass();
        }

        return true;
    }

    private void TakeRecheck()
    {
        while (_target is null && _rechecks.TryDequeue(out long next))
        {
            _target = _files.FindDamaged(next);
            BeginRecheckInterval();
        }
    }

    /// <summary>From the last recheck on: they may take longer than the interval.</summary>
    private void BeginRecheckInterval()
    {
        if (_rechecks.Count == 0)
        {
            _nextRecheck.Begin(_recheckInterval);
        }
    }

    /// <summary>A pass that a stop cut short goes on soon; else the period counts on, by the wall
    /// clock.</summary>
    private TimeSpan FindFirstPause()
    {
        if (_resumePosition > 0 || _lastPassEndedNs == 0)
        {
            return _startDelay;
        }

        long agoNs = Math.Max(0, Timestamp.Now(_clock).UnixNs - _lastPassEndedNs);
        TimeSpan left = _period - TimeSpan.FromTicks(agoNs / TimeSpan.NanosecondsPerTick);
        return left < _startDelay ? _startDelay : left;
    }

    private void EndPass()
    {
        Timestamp now = Timestamp.Now(_clock);
        _lastPassEndedNs = now.UnixNs;
        _counters.EndPass(now);
        _files.SetMark(0, _lastPassEndedNs);
        _nextPass.Begin(_period);
        _served.ForEach(static request => request.TrySetResult());
        _served.Clear();
    }

    /// <summary>What cannot be read is tried again before anything is said of it.</summary>
    private void TryStep()
    {
        try
        {
            Step();
            _tryCount = 0;
        }
        catch (Exception failure)
            when (failure is StorageDeviceException or OutOfMemoryException && ++_tryCount < TryCountMax)
        {
            _counters.NoteReread();
            Trace.TraceWarning($"verifying is tried again: {failure.Message}");
            _retry.Begin(_retryInterval);
        }
        catch (SegmentCorruptException) when (++_tryCount < TryCountMax)
        {
            // The file was opened in vain: the device is asked again.
            _counters.NoteReread();
        }
        catch (IOException failure) when (failure is StorageDeviceException or SegmentCorruptException)
        {
            _tryCount = 0;
            GiveUp(failure);
        }
        catch (OutOfMemoryException failure)
        {
            // It says nothing of the file.
            _tryCount = 0;
            Trace.TraceWarning($"a segment waits for the next pass: {failure.Message}");
            CloseTarget();
        }
    }

    private void Step()
    {
        if (_target is not { } target)
        {
            return;
        }

        if (target.IsObsolete)
        {
            CloseTarget();
            return;
        }

        _scrub ??= SegmentScrub.Open(_device, target, _clock);
        bool isMore = _scrub.MoveNext(out SegmentDamage? damage);
        long sizeBytes = _scrub.TakeReadSizeBytes();
        if (!IsEager)
        {
            _pace.Charge(sizeBytes);
        }

        _counters.NoteRead(sizeBytes, _scrub.TakeRereadCount());
        if (damage is not null)
        {
            Report(target, damage);
        }
        else if (!isMore)
        {
            _files.Settle(target.SegmentNumber, _look.Parts);
            CloseTarget();
            if (_counters.IsPassing && _nextMark.IsOver)
            {
                _nextMark.Begin(_markInterval);
                _files.SetMark(_position, _lastPassEndedNs);
            }
        }
    }

    private void GiveUp(IOException failure)
    {
        ScrubTarget target = _target!;
        if (_scrub is null)
        {
            Report(target, _files.Describe(target, failure));
            CloseTarget();
        }
        else
        {
            Report(target, _scrub.Skip(failure));
        }
    }

    private void Report(ScrubTarget target, SegmentDamage damage)
    {
        if (target.IsRollup)
        {
            _files.Rebuild(target, damage.Message);
            CloseTarget();
            return;
        }

        _look.Add(damage);
        if (_files.Add(damage))
        {
            Trace.TraceError($"damage: {damage.Message}");
            _nextRecheck.Begin(_recheckInterval);
        }
    }

    private void CloseTarget()
    {
        if (_target is { IsRecheck: false } target)
        {
            _position = target.SegmentNumber;
        }

        if (_target is { IsRecheck: true })
        {
            BeginRecheckInterval();
        }

        _scrub?.Dispose();
        _scrub = null;
        _target?.Dispose();
        _target = null;
        _look.Clear();
    }

    private void TakeRequests()
    {
        while (_work.Wait(0))
        {
            // It is seen below what has come.
        }

        lock (_gate)
        {
            if (_requests.Count == 0)
            {
                return;
            }

            _served.AddRange(_requests);
            _requests = [];
        }

        // From the start: whoever asks wants to know of all.
        CloseTarget();
        _rechecks.Clear();
        _wasRecheck = false;
        _tryCount = 0;
        _position = 0;
        _counters.IsPassing = true;
        _retry.Begin(TimeSpan.Zero);
    }
}
