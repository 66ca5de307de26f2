using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Wal;

/// <summary>
/// The log could not write or sync. Frames up to <see cref="DurableLsn"/> are safe; those above it are not,
/// and must be appended again after <see cref="WalWriter.ReplaceFailedFile"/>; while
/// that fails the log is read-only.
/// </summary>
/// <param name="path">The file that failed.</param>
/// <param name="durableLsn">The last LSN known durable.</param>
/// <param name="isReadOnly">Whether the replacement failed as well: no more appends until one
/// succeeds.</param>
/// <param name="cause">What the device said.</param>
internal sealed class WalFailedException(
    string path, ulong durableLsn, bool isReadOnly, StorageDeviceException cause)
    : IOException(
        $"{path} failed after LSN {durableLsn}{(isReadOnly ? "; read-only" : "")}: {cause.Message}", cause)
{
    /// <summary>The file that failed.</summary>
    public string Path { get; } = path;

    /// <summary>The last LSN known durable.</summary>
    public ulong DurableLsn { get; } = durableLsn;

    /// <summary>Whether the replacement failed as well: no more appends until one succeeds.</summary>
    public bool IsReadOnly { get; } = isReadOnly;

    /// <summary>What the device said.</summary>
    public StorageDeviceException Cause { get; } = cause;
}
