namespace Tsdb.Storage.Devices;

/// <summary>The storage device failed an operation: where, what, and the operating system's reason.</summary>
/// <param name="operation">The call, as <c>pwrite</c> or <c>fdatasync</c>.</param>
/// <param name="path">The file or directory, relative to the device's root.</param>
/// <param name="errno">The operating system's error number; 0 when there is none.</param>
/// <param name="reason">The reason in words.</param>
public sealed class StorageDeviceException(string operation, string path, int errno, string reason)
    : IOException($"{operation} of {path} failed: {reason} (errno {errno})")
{
    /// <summary>The call that failed.</summary>
    public string Operation { get; } = operation;

    /// <summary>The file or directory, relative to the device's root.</summary>
    public string Path { get; } = path;

    /// <summary>The operating system's error number; 0 when there is none.</summary>
    public int Errno { get; } = errno;

    /// <summary>Whether the device is out of space (ENOSPC or EDQUOT).</summary>
    public bool IsOutOfSpace => Errno is 28 or 122;
}
