using System.Diagnostics;

namespace Tsdb.Storage.Devices;

/// <summary>
/// How full the device is. Rows are refused while less than a reserve is free, so that flushes, merges and
/// what frees room can go on; and a ballast file, given up when even so a write finds no room, lets those end
/// that were under way. Both come back by themselves with the room.
/// </summary>
/// <remarks>Thread safe. Measured at most once an interval, by whoever asks.</remarks>
internal sealed class DiskSpace
{
    /// <summary>The file that holds room for the worst case; its content means nothing.</summary>
    public const string BallastPath = "ballast";

    // Between refusing and taking again lies a quarter of the reserve: else every merge would turn it.
    private const int HysteresisDivisor = 4;
    private const int BlockSizeBytes = 1 << 20;

    private readonly IStorageDevice _device;
    private readonly long _reserveSizeBytes;
    private readonly long _ballastSizeBytes;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private long _measuredStamp;
    private long _freeSizeBytes;
    private bool _hasBallast;
    private bool _isFull;

    /// <param name="device">Not the counted one: the ballast is no data.</param>
    /// <param name="reserveSizeBytes">Free bytes under which rows are refused.</param>
    /// <param name="ballastSizeBytes">Size of the ballast; 0 for none.</param>
    /// <param name="interval">Between two measurements.</param>
    /// <param name="clock">Tells when it is over.</param>
    public DiskSpace(
        IStorageDevice device,
        long reserveSizeBytes,
        long ballastSizeBytes,
        TimeSpan interval,
        TimeProvider clock)
    {
        _device = device;
        _reserveSizeBytes = reserveSizeBytes;
        _ballastSizeBytes = ballastSizeBytes;
        _interval = interval;
        _clock = clock;
        _freeSizeBytes = long.MaxValue;
        lock (_gate)
        {
            _hasBallast = ballastSizeBytes > 0 && device.Exists(BallastPath);
            Measure();
        }
    }

    /// <summary>Between two measurements.</summary>
    public TimeSpan Interval => _interval;

    /// <summary>Free bytes when last measured; the greatest number where the device does not say.</summary>
    public long FreeSizeBytes => Volatile.Read(ref _freeSizeBytes);

    /// <summary>Why no rows are taken; null when they are.</summary>
    public string? Refusal
    {
        get
        {
            lock (_gate)
            {
                if (_clock.GetElapsedTime(_measuredStamp) >= _interval)
                {
                    Measure();
                }

                return _isFull
                    ? $"the device has {_freeSizeBytes} bytes free; rows are refused below "
                        + $"{_reserveSizeBytes}, what frees room goes on"
                    : null;
            }
        }
    }

    /// <summary>A write found no room: gives the ballast up, so that it succeeds when it is tried
    /// again.</summary>
    public void GiveUpBallast()
    {
        lock (_gate)
        {
            if (!_hasBallast)
            {
                return;
            }

            try
            {
                _device.Delete(BallastPath);
                _hasBallast = false;
                Trace.TraceWarning("the device is full: the ballast is given up");
            }
            catch (StorageDeviceException failure)
            {
                Trace.TraceWarning($"the device is full, and the ballast stays: {failure.Message}");
            }
        }
    }

    private void Measure()
    {
        _measuredStamp = _clock.GetTimestamp();
        try
        {
            Volatile.Write(ref _freeSizeBytes, _device.GetFreeSizeBytes());
        }
        catch (StorageDeviceException failure)
        {
            Trace.TraceWarning($"how full the device is cannot be told: {failure.Message}");
            return;
        }

        long enoughBytes = _reserveSizeBytes + (_reserveSizeBytes / HysteresisDivisor);
        _isFull = _freeSizeBytes < (_isFull ? enoughBytes : _reserveSizeBytes);
        if (_ballastSizeBytes > 0 && !_hasBallast && _freeSizeBytes - _ballastSizeBytes >= enoughBytes)
        {
            MakeBallast();
        }
    }

    private void MakeBallast()
    {
        try
        {
            using IStorageFile file = _device.Open(BallastPath, FileOpenMode.CreateNew);
            byte[] block = new byte[Math.Min(BlockSizeBytes, _ballastSizeBytes)];
            for (long offset = 0; offset < _ballastSizeBytes; offset += block.Length)
            {
                file.Write(offset, block.AsSpan(0, (int)Math.Min(block.Length, _ballastSizeBytes - offset)));
            }

            file.SyncData();
            _hasBallast = true;
        }
        catch (StorageDeviceException failure)
        {
            Trace.TraceWarning($"no ballast: {failure.Message}");
            _device.Delete(BallastPath);
        }
    }
}
