namespace Tsdb.Storage.Devices;

/// <summary>Another process (or another device of this process) has the data directory open.</summary>
/// <param name="rootPath">The directory that is in use.</param>
public sealed class StorageLockedException(string rootPath)
    : IOException($"The data directory {rootPath} is in use by another process.")
{
    /// <summary>The directory that is in use.</summary>
    public string RootPath { get; } = rootPath;
}
