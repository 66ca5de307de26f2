using System.Runtime.InteropServices;

namespace Tsdb.Storage.Devices;

/// <summary>Has the system find pages for native memory that is about to be used anyway.</summary>
internal static partial class NativePages
{
    // From Linux 5.14 on; older ones refuse it, and the pages come as they are touched.
    private const int PopulateWrite = 23;

    /// <summary>
    /// Makes the whole pages of a run of memory present and writable: one call instead of a fault for each
    /// page, two where a page is read before it is written. It may take a while, in which a collection is not
    /// held up as by a fault in managed code. Advice only.
    /// </summary>
    public static void Populate(nint address, nint sizeBytes)
    {
        nint first = (address + Environment.SystemPageSize - 1) & -(nint)Environment.SystemPageSize;
        nint end = (address + sizeBytes) & -(nint)Environment.SystemPageSize;
        if (OperatingSystem.IsLinux() && first < end)
        {
            _ = madvise(first, (nuint)(end - first), PopulateWrite);
        }
    }

#pragma warning disable SYSLIB1054, IDE1006 // The system's own name.
    [LibraryImport("libc")]
    private static partial int madvise(nint address, nuint sizeBytes, int advice);
#pragma warning restore SYSLIB1054, IDE1006
}
