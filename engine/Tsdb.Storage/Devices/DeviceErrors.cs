using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Storage.Devices;

/// <summary>Turns what the runtime and the operating system report into
/// <see cref="StorageDeviceException"/>.</summary>
internal static class DeviceErrors
{
    private const int NoSuchEntry = 2;
    private const int AccessDenied = 13;
    private const int NoSpace = 28;
    private const int ErrnoLimit = 4096;
    private const int WindowsDiskFull = 0x70;

    /// <summary>Whether the exception is one that the runtime's file calls throw when the world
    /// fails.</summary>
    public static bool IsExpected(Exception exception) =>
        exception is IOException or UnauthorizedAccessException;

    /// <summary>The same failure with operation, path and error number.</summary>
    public static StorageDeviceException Wrap(string operation, string path, Exception exception)
    {
        Invariant.Holds(IsExpected(exception));
        return new StorageDeviceException(operation, path, ReadErrno(exception), exception.Message);
    }

    /// <summary>The failure of a system call that has just returned -1 on this thread.</summary>
    public static StorageDeviceException FromLastCall(string operation, string path)
    {
        int errno = Marshal.GetLastPInvokeError();
        return new StorageDeviceException(operation, path, errno, Marshal.GetPInvokeErrorMessage(errno));
    }

    // On Unix the runtime puts the raw errno into HResult, unless the failure has an exception type of its
    // own.
    private static int ReadErrno(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => NoSuchEntry,
        UnauthorizedAccessException => AccessDenied,
        _ when exception.HResult is > 0 and < ErrnoLimit => exception.HResult,
        _ when (exception.HResult & 0xFFFF) == WindowsDiskFull => NoSpace,
        _ => 0,
    };
}
