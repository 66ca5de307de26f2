namespace Tsdb.Server.Telemetry;

/// <summary>When refusals are told in the log: the first at once, those after it together, since whoever is
/// refused comes back.</summary>
/// <remarks>Thread safe.</remarks>
internal sealed class RefusalNotice(TimeProvider clock)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _toldAtTimestamp;
    private long _untoldCount;

    /// <summary>Takes a refusal in; true when it is time to tell.</summary>
    /// <param name="refusedCount">How many there were since the last time, this one included.</param>
    public bool TryTake(out long refusedCount)
    {
        lock (_gate)
        {
            refusedCount = ++_untoldCount;
            if (_toldAtTimestamp is { } told && clock.GetElapsedTime(told) < _interval)
            {
                return false;
            }

            _toldAtTimestamp = clock.GetTimestamp();
            _untoldCount = 0;
            return true;
        }
    }
}
