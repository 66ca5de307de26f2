namespace Tsdb.Storage.Compaction;

/// <summary>Keeps merges below a rate of bytes read and written, so that queries and writes keep the
/// device.</summary>
/// <remarks>The compaction thread's.</remarks>
internal sealed class CompactionThrottle(long sizeBytesPerSecondMax, TimeProvider clock)
{
    private static readonly TimeSpan _burst = TimeSpan.FromMilliseconds(100);

    private long _paidAtTimestamp = clock.GetTimestamp();
    private TimeSpan _debt;

    /// <summary>Counts bytes, and waits while they are ahead of the rate.</summary>
    /// <param name="sizeBytes">Bytes read or written since the last call.</param>
    /// <param name="isUrgent">Bytes count, but nobody waits: reads suffer more from what is not
    /// merged.</param>
    /// <param name="cancellation">Ends the wait at once.</param>
    public void Take(long sizeBytes, bool isUrgent, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (sizeBytesPerSecondMax == 0)
        {
            return;
        }

        long now = clock.GetTimestamp();
        TimeSpan paid = clock.GetElapsedTime(_paidAtTimestamp, now);
        _paidAtTimestamp = now;
        _debt = paid > _debt ? TimeSpan.Zero : _debt - paid;
        _debt += TimeSpan.FromSeconds((double)sizeBytes / sizeBytesPerSecondMax);
        if (isUrgent)
        {
            _debt = _debt < _burst ? _debt : _burst;
        }
        else if (_debt > _burst)
        {
            cancellation.WaitHandle.WaitOne(_debt);
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
