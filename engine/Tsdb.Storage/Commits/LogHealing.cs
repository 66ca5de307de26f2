using Tsdb.Storage.Devices;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Commits;

/// <summary>
/// Whether the log can be written; while it cannot, asks the commit thread at intervals to try a new file.
/// </summary>
/// <remarks>Changed by the commit thread, read by any.</remarks>
/// <param name="clock">Its timers.</param>
/// <param name="interval">Between two tries.</param>
/// <param name="askForTry">Called on a timer's thread; must not wait.</param>
internal sealed class LogHealing(TimeProvider clock, TimeSpan interval, Action askForTry) : IDisposable
{
    private StorageClosedException? _failure;
    private ITimer? _timer;

    /// <summary>Why no frame can be logged; null when one can.</summary>
    public StorageClosedException? Failure => Volatile.Read(ref _failure);

    /// <summary>Whether the exception is one that heals: the device failed, not we.</summary>
    public static bool IsOfDevice(Exception exception) =>
        exception is StorageDeviceException or WalFailedException;

    /// <summary>The log could be written neither in its file nor in a new one.</summary>
    public StorageClosedException Fail(Exception cause)
    {
        StorageClosedException failure = new($"the log cannot be written: {cause.Message}", cause)
        {
            Refusal = StorageRefusal.LogFailed,
            RetryAfter = interval,
        };
        Volatile.Write(ref _failure, failure);
        _timer ??= clock.CreateTimer(
            static state => ((Action)state!)(), askForTry, interval, interval);
        return failure;
    }

    /// <summary>A new file was written and synced.</summary>
    public void Succeed()
    {
        Volatile.Write(ref _failure, null);
        _timer?.Dispose();
        _timer = null;
    }

    public void Dispose() => _timer?.Dispose();
}
