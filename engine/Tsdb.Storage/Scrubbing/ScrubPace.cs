namespace Tsdb.Storage.Scrubbing;

/// <summary>
/// Keeps the scrubber below a rate of bytes read, and at a quarter of it while others need the device.
/// </summary>
/// <remarks>The scrubber's thread.</remarks>
/// <param name="sizeBytesPerSecondMax">The rate; not 0.</param>
/// <param name="clock">Tells how much time went by.</param>
/// <param name="readWrittenSizeBytes">Bytes that others have written since the start.</param>
/// <param name="readQueryCount">How often queries have looked at the files since the start.</param>
internal sealed class ScrubPace(
    long sizeBytesPerSecondMax,
    TimeProvider clock,
    Func<long> readWrittenSizeBytes,
    Func<long> readQueryCount)
{
    private const int PressedDivisor = 4;
    private const long BusyWrittenSizeBytes = 8 << 20;
    private const long BusyQueryCount = 16;

    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _burst = TimeSpan.FromMilliseconds(100);

    private long _chargedAtTimestamp = clock.GetTimestamp();
    private long _lookedAtTimestamp = clock.GetTimestamp();
    private long _writtenSizeBytes = readWrittenSizeBytes();
    private long _queryCount = readQueryCount();
    private TimeSpan _debt;
    private bool _isPressed;

    /// <summary>How long until more may be read; zero or less: now.</summary>
    public TimeSpan Left
    {
        get
        {
            TimeSpan left = _debt - clock.GetElapsedTime(_chargedAtTimestamp) - _burst;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Counts bytes that were read.</summary>
    public void Charge(long sizeBytes)
    {
        long now = clock.GetTimestamp();
        TimeSpan paid = clock.GetElapsedTime(_chargedAtTimestamp, now);
        _chargedAtTimestamp = now;
        _debt = paid > _debt ? TimeSpan.Zero : _debt - paid;
        Look(now);
        long rate = _isPressed
            ? Math.Max(1, sizeBytesPerSecondMax / PressedDivisor)
            : sizeBytesPerSecondMax;
        _debt += TimeSpan.FromSeconds((double)sizeBytes / rate);
    }

    private void Look(long now)
    {
        TimeSpan since = clock.GetElapsedTime(_lookedAtTimestamp, now);
        if (since < _look)
        {
            return;
        }

        long written = readWrittenSizeBytes();
        long queries = readQueryCount();
        _isPressed = written - _writtenSizeBytes >= BusyWrittenSizeBytes * since.TotalSeconds
            || queries - _queryCount >= BusyQueryCount * since.TotalSeconds;
        _writtenSizeBytes = written;
        _queryCount = queries;
        _lookedAtTimestamp = now;
    }
}
