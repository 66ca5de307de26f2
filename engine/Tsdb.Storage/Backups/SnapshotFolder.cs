using System.Diagnostics;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Manifests;

namespace Tsdb.Storage.Backups;

/// <summary>
/// The snapshots in one directory: <c>NAME/DATABASE/</c> each, so that <c>NAME</c> can be served as a data
/// directory. One without a manifest was interrupted, and is no snapshot. Thread safe for different names.
/// </summary>
/// <param name="device">The directory. Stays the caller's.</param>
public sealed class SnapshotFolder(IStorageDevice device)
{
    private const int NameLengthMax = 64;

    /// <summary>The snapshots that are complete, by name.</summary>
    public IReadOnlyList<SnapshotInfo> List()
    {
        List<SnapshotInfo> found = [];
        foreach (string path in FindDatabases())
        {
            SubdirectoryDevice database = new(device, path);
            if (Manifest.Exists(database) && database.Exists(SnapshotInfo.FileName))
            {
                found.Add(SnapshotInfo.Read(database));
            }
        }

        return found;
    }

    /// <summary>Removes a snapshot.</summary>
    /// <exception cref="BackupException">There is none of that name.</exception>
    public void Delete(string name)
    {
        CheckName(name);
        if (!device.IsDirectory(name))
        {
            throw new BackupException(BackupFault.NotFound, name, $"there is no snapshot '{name}'");
        }

        Remove(name);
    }

    /// <summary>Removes what interrupted snapshots left behind. None may be under way.</summary>
    /// <returns>How many there were.</returns>
    public int RemoveInterrupted()
    {
        int count = 0;
        foreach (string name in FindNames())
        {
            if (!FindDatabases(name).Any(path => Manifest.Exists(new SubdirectoryDevice(device, path))))
            {
                Remove(name);
                count++;
            }
        }

        return count;
    }

    /// <summary>Writes a snapshot; what an interrupted one of that name left is replaced.</summary>
    internal SnapshotInfo Write(
        PinnedDatabase source, string name, string database, CancellationToken cancellation)
    {
        IStorageDevice target = Create(name, database);
        bool isComplete = false;
        try
        {
            SnapshotInfo info = SnapshotWriter.Write(source, target, name, database, cancellation);
            isComplete = true;
            return info;
        }
        finally
        {
            if (!isComplete)
            {
                TryRemove(name);
            }
        }
    }

    private SubdirectoryDevice Create(string name, string database)
    {
        CheckName(name);
        if (FindDatabases(name).Any(path => Manifest.Exists(new SubdirectoryDevice(device, path))))
        {
            throw new BackupException(
                BackupFault.NameTaken, name, $"there is a snapshot '{name}' already; delete it first");
        }

        DeviceTree.Delete(device, name);
        return SubdirectoryDevice.Create(device, $"{name}/{database}");
    }

    private void TryRemove(string name)
    {
        try
        {
            Remove(name);
        }
        catch (StorageDeviceException failure)
        {
            // The failure that stopped the snapshot is the one to report; what is left is found again.
            Trace.TraceWarning($"an interrupted snapshot stays for now: {failure.Message}");
        }
    }

    private void Remove(string name)
    {
        // The root first: from then on it is an interrupted one, whatever happens.
        foreach (string path in FindDatabases(name))
        {
            if (device.Exists($"{path}/{ManifestPaths.Superblock}"))
            {
                device.Delete($"{path}/{ManifestPaths.Superblock}");
                device.SyncDirectory($"{path}/{ManifestPaths.Directory}");
            }
        }

        DeviceTree.Delete(device, name);
        device.SyncDirectory("");
    }

    private static void CheckName(string name)
    {
        bool isValid = name.Length is > 0 and <= NameLengthMax
            && (char.IsAsciiLetterOrDigit(name[0]) || name[0] == '_')
            && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.');
        if (!isValid)
        {
            throw new BackupException(
                BackupFault.NameInvalid,
                name,
                $"'{name}' cannot name a snapshot: 1 to {NameLengthMax} ASCII letters, digits, '_', '-', '.';"
                + " the first one a letter, a digit or '_'");
        }
    }

    private IEnumerable<string> FindNames() => device.List("").Where(device.IsDirectory);

    private IEnumerable<string> FindDatabases() => FindNames().SelectMany(FindDatabases);

    private IEnumerable<string> FindDatabases(string name) => device.IsDirectory(name)
        ? device.List(name).Select(child => $"{name}/{child}").Where(device.IsDirectory)
        : [];
}
