using System.Diagnostics;
using System.Globalization;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Flushing;

/// <summary>Gives segments their numbers and files their names. A number is never used twice, not even after
/// a crash.</summary>
/// <param name="nextNumber">The first number to give out.</param>
internal sealed class SegmentNames(long nextNumber)
{
    /// <summary>Where segments are.</summary>
    public const string Directory = "segments";

    private long _nextNumber = nextNumber;

    /// <summary>The number that comes next.</summary>
    public long NextNumber => Volatile.Read(ref _nextNumber);

    public long Next() => Interlocked.Increment(ref _nextNumber) - 1;

    /// <summary>Removes a file that the manifest never named. While the device fails it may stay, and is
    /// removed at the next start.</summary>
    public static void Discard(IStorageDevice device, string path)
    {
        try
        {
            device.Delete(path);
        }
        catch (StorageDeviceException failure)
        {
            Trace.TraceWarning($"{path} stays until the next start: {failure.Message}");
        }
    }

    public static string PathOf(long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Directory}/{number:D12}.seg");
}
