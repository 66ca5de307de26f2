namespace Tsdb.Faults;

/// <summary>A clock that stands still until it is moved; its timers fire on the mover's thread.</summary>
public sealed class ManualClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private TimeSpan _elapsed;
    private DateTimeOffset _now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _elapsed.Ticks;
        }
    }

    /// <summary>Lets time pass until an instant, to the tick before it, if that is still to come.</summary>
    /// <param name="unixNs">Nanoseconds since 1970.</param>
    public void AdvanceTo(long unixNs)
    {
        long ticks = (unixNs / 100) + DateTime.UnixEpoch.Ticks - GetUtcNow().UtcTicks;
        if (ticks > 0)
        {
            Advance(TimeSpan.FromTicks(ticks));
        }
    }

    /// <summary>Sets the time of day back or forth without any time passing for timers.</summary>
    public void Jump(TimeSpan distance)
    {
        lock (_gate)
        {
            _now += distance;
            foreach (ManualTimer timer in _timers.Where(
                static timer => timer.DueAt < DateTimeOffset.MaxValue))
            {
                timer.DueAt += distance;
            }
        }
    }

    /// <summary>Moves on and fires each timer that is due, once.</summary>
    public void Advance(TimeSpan time)
    {
        List<ManualTimer> due;
        lock (_gate)
        {
            _now += time;
            _elapsed += time;
            due = [.. _timers.Where(timer => timer.DueAt <= _now)];
            due.ForEach(timer => timer.DueAt = timer.Period > TimeSpan.Zero
                ? _now + timer.Period
                : DateTimeOffset.MaxValue);
        }

        due.ForEach(static timer => timer.Fire());
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset DueAt { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                Period = period;
                DueAt = dueTime == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : clock._now + dueTime;
                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
