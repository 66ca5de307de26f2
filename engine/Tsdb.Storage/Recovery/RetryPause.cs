using Tsdb.Storage.Working;

namespace Tsdb.Storage.Recovery;

/// <summary>The pause before what failed is tried again; ends early, for good, when it is
/// cancelled.</summary>
internal sealed class RetryPause(TimeProvider clock, TimeSpan interval, IWorkHost host)
{
    private readonly object _gate = new();
    private bool _isOver;
    private bool _isCancelled;

    public bool IsCancelled => Volatile.Read(ref _isCancelled);

    /// <summary>Waits; false when it was cancelled.</summary>
    public bool Wait()
    {
        using ITimer timer = clock.CreateTimer(
            static state => ((RetryPause)state!).End(), this, interval, Timeout.InfiniteTimeSpan);
        host.Wait(_gate, () => _isOver || _isCancelled);
        lock (_gate)
        {
            _isOver = false;
            return !_isCancelled;
        }
    }

    public void Cancel()
    {
        lock (_gate)
        {
            _isCancelled = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.PulseAll(_gate);
        }
    }
}
