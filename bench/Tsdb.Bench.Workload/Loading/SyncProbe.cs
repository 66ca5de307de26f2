using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tsdb.Bench.Workload.Soaking;

namespace Tsdb.Bench.Workload.Loading;

/// <summary>
/// What the device alone takes for a small commit: 4 KB into a file that was written before, and fdatasync.
/// The limit that acknowledgements are held against.
/// </summary>
internal static class SyncProbe
{
    private const int BlockSizeBytes = 4096;
    private const int BlockCount = 4096;

    /// <summary>Writes and syncs for a while, in a file of its own beside the servers' folders.</summary>
    /// <exception cref="IOException">The device failed.</exception>
    public static LatencyHistogram Measure(TimeSpan time)
    {
        string path = Path.Combine(Path.GetTempPath(), $"tsdb-sync-probe-{Environment.ProcessId}");
        byte[] block = new byte[BlockSizeBytes];
        LatencyHistogram times = new();
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
            for (int i = 0; i < BlockCount; i++)
            {
                RandomAccess.Write(file, block, (long)i * BlockSizeBytes);
            }

            RandomAccess.FlushToDisk(file);
            long begin = Stopwatch.GetTimestamp();
            for (int i = 0; Stopwatch.GetElapsedTime(begin) < time; i++)
            {
                block.AsSpan().Fill((byte)i);
                long start = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, block, i % BlockCount * (long)BlockSizeBytes);
                if (fdatasync(file) != 0)
                {
                    throw new IOException($"fdatasync failed, errno {Marshal.GetLastPInvokeError()}");
                }

                times.Add(Stopwatch.GetElapsedTime(start));
            }
        }
        finally
        {
            File.Delete(path);
        }

        return times;
    }

#pragma warning disable SYSLIB1054, IDE1006 // The system's own name.
    [DllImport("libc", SetLastError = true)]
    private static extern int fdatasync(SafeFileHandle file);
#pragma warning restore SYSLIB1054, IDE1006
}
