namespace Tsdb.Storage.Devices;

/// <summary>
/// The one door to files: everything the storage engine keeps goes through it. Real on disk, fault-injecting
/// in
/// tests. Paths are relative to the device's root, separated by '/'.
/// </summary>
/// <remarks>
/// Thread safe. Every method throws <see cref="StorageDeviceException"/> (path, operation, errno) when the
/// world
/// fails; nothing is swallowed.
/// </remarks>
public interface IStorageDevice
{
    /// <summary>Opens a file. The caller disposes it.</summary>
    IStorageFile Open(string path, FileOpenMode mode);

    /// <summary>Whether a file or directory is there.</summary>
    bool Exists(string path);

    /// <summary>Whether a directory is there.</summary>
    bool IsDirectory(string path);

    /// <summary>Names (not paths) of the files and directories in a directory, in ordinal order.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Makes a directory and its parents; does nothing when it is there. Durable after
    /// <see cref="SyncDirectory"/> of each parent.</summary>
    void CreateDirectory(string path);

    /// <summary>Renames a file, replacing the target. Durable after <see cref="SyncDirectory"/>.</summary>
    void Rename(string source, string target);

    /// <summary>Makes a hard link. Durable after <see cref="SyncDirectory"/>.</summary>
    void Link(string source, string target);

    /// <summary>Removes a file's name; open handles go on reading. Does nothing when it is not
    /// there.</summary>
    void Delete(string path);

    /// <summary>Removes an empty directory. Does nothing when it is not there.</summary>
    void DeleteDirectory(string path);

    /// <summary>Makes the names in a directory durable (fsync of the directory).</summary>
    void SyncDirectory(string path);

    /// <summary>Bytes that may still be written; the greatest number where the device does not
    /// say.</summary>
    long GetFreeSizeBytes() => long.MaxValue;

    /// <summary>The device's size; the greatest number where it does not say.</summary>
    long GetTotalSizeBytes() => long.MaxValue;
}
