using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tsdb.Bench.Workload.Loading;

/// <summary>
/// Memory that was written to once, to be given back right before a server needs as much. A guest whose host
/// takes free pages away pays the host for each page it uses first, as much as for hundreds of rows: without
/// this, a round would measure what ran before it.
/// </summary>
internal sealed class TouchedMemory : IDisposable
{
    private const int PageSizeBytes = 4096;
    private const int Mebibyte = 1 << 20;

    private nint _memory;

    /// <summary>Takes the memory and writes to each page.</summary>
    public TouchedMemory(int sizeMebibytes)
    {
        if (sizeMebibytes == 0)
        {
            return;
        }

        long sizeBytes = (long)sizeMebibytes * Mebibyte;
        _memory = Marshal.AllocHGlobal((nint)sizeBytes);
        double begin = CpuMilliseconds();
        for (long at = 0; at < sizeBytes; at += PageSizeBytes)
        {
            Marshal.WriteByte(_memory + (nint)at, 1);
        }

        MillisecondsPerMebibyte = (CpuMilliseconds() - begin) / sizeMebibytes;
    }

    /// <summary>CPU time that a mebibyte took.</summary>
    public double MillisecondsPerMebibyte { get; }

    /// <summary>Gives it back to the system.</summary>
    public void Dispose()
    {
        Marshal.FreeHGlobal(_memory);
        _memory = 0;
    }

    private static double CpuMilliseconds()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime.TotalMilliseconds;
    }
}
