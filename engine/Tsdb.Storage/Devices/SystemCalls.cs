using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tsdb.Storage.Devices;

/// <summary>
/// The system calls whose failures the runtime hides or cannot reach: its flush swallows EROFS, EINVAL and
/// ENOTSUP, and it cannot open a directory. Each is repeated while a signal interrupts it.
/// </summary>
internal static partial class SystemCalls
{
    private const int Interrupted = 4;
    private const int NotNeeded = 4;
    private const int ReadOnly = 0;
    private const int PriorityOfThread = 0;
    private const int BackgroundNiceness = 10;

    /// <summary>Makes a file's data durable.</summary>
    public static void SyncData(SafeFileHandle handle, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            SyncThroughRuntime(handle, path);
            return;
        }

        while (fdatasync(handle) != 0)
        {
            ThrowUnlessInterrupted("fdatasync", path);
        }
    }

    /// <summary>Makes a directory's names durable. Nothing to do on Windows: NTFS journals them.</summary>
    public static void SyncDirectory(string fullPath, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor;
        while ((descriptor = open(fullPath, ReadOnly)) < 0)
        {
            ThrowUnlessInterrupted("open of the directory", path);
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        while (fsync(handle) != 0)
        {
            ThrowUnlessInterrupted("fsync of the directory", path);
        }
    }

    /// <summary>Lets all other threads go first. Linux keeps such a number for each thread, and the
    /// runtime does not pass its thread priorities on; elsewhere they do.</summary>
    public static void LowerThreadPriority()
    {
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        if (OperatingSystem.IsLinux() && setpriority(PriorityOfThread, 0, BackgroundNiceness) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            Trace.TraceWarning($"a background thread runs at normal priority: errno {errno}");
        }
    }

    /// <summary>Has the system forget what it holds of a file's range in memory. A hint: whether it does is
    /// not asked.</summary>
    public static void DropCached(SafeFileHandle handle, long offsetBytes, long sizeBytes)
    {
        if (OperatingSystem.IsLinux() && Environment.Is64BitProcess)
        {
            _ = posix_fadvise(handle, offsetBytes, sizeBytes, NotNeeded);
        }
    }

    /// <summary>Makes a hard link.</summary>
    public static void Link(string fullSource, string fullTarget, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new StorageDeviceException("link", path, 0, "hard links are not supported on this system");
        }

        while (link(fullSource, fullTarget) != 0)
        {
            ThrowUnlessInterrupted("link", path);
        }
    }

    private static void SyncThroughRuntime(SafeFileHandle handle, string path)
    {
        try
        {
            RandomAccess.FlushToDisk(handle); // F_FULLFSYNC on macOS, FlushFileBuffers on Windows.
        }
        catch (SystemException exception) when (DeviceErrors.IsExpected(exception))
        {
            throw DeviceErrors.Wrap("sync", path, exception);
        }
    }

    private static void ThrowUnlessInterrupted(string operation, string path)
    {
        if (Marshal.GetLastPInvokeError() != Interrupted)
        {
            throw DeviceErrors.FromLastCall(operation, path);
        }
    }

#pragma warning disable IDE1006 // The names are the system's.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string source, string target);

    [LibraryImport("libc")]
    private static partial int posix_fadvise(
        SafeFileHandle descriptor, long offsetBytes, long sizeBytes, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setpriority(int which, uint who, int niceness);
#pragma warning restore IDE1006
}
