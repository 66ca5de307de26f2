namespace Tsdb.Storage.Scrubbing;

/// <summary>A stretch of time that is over at some point. One thread.</summary>
internal sealed class WaitTime(TimeProvider clock, TimeSpan wait)
{
    private long _sinceTimestamp = clock.GetTimestamp();
    private TimeSpan _wait = wait;

    /// <summary>What is left of it; zero when it is over.</summary>
    public TimeSpan Left
    {
        get
        {
            TimeSpan left = _wait - clock.GetElapsedTime(_sinceTimestamp);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public bool IsOver => Left == TimeSpan.Zero;

    /// <summary>Begins anew.</summary>
    public void Begin(TimeSpan wait)
    {
        _sinceTimestamp = clock.GetTimestamp();
        _wait = wait;
    }
}
