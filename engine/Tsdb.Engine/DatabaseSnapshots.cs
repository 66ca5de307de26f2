using Tsdb.Storage.Backups;
using Tsdb.Storage.Devices;

namespace Tsdb.Engine;

/// <summary>
/// The snapshots of one database: in <c>DIR/NAME-snapshots</c>, or in another directory that is named. Thread
/// safe; one at a time is written.
/// </summary>
public sealed class DatabaseSnapshots : IDisposable
{
    /// <summary>The snapshot that a backup sends; it is there only meanwhile.</summary>
    internal const string WorkingName = "_backup";

    private readonly SnapshotSource _source;
    private readonly string _database;
    private readonly string _directory;
    private readonly SemaphoreSlim _turn = new(1);

    internal DatabaseSnapshots(SnapshotSource source, string database, string dataDirectory)
    {
        _source = source;
        _database = database;
        _directory = Path.Combine(dataDirectory, database + DatabaseName.SnapshotSuffix);
    }

    /// <summary>Where a snapshot is, as a data directory.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="directory">The directory of snapshots; null for the database's own.</param>
    public string PathOf(string name, string? directory = null) =>
        Path.GetFullPath(Path.Combine(directory ?? _directory, name));

    /// <summary>Writes a snapshot of all that was acknowledged before the call.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="directory">Where to; null for the database's own directory of snapshots. Files are copied
    /// where it is on another file system.</param>
    /// <param name="cancellationToken">Gives up; nothing is left behind.</param>
    /// <exception cref="BackupException">The name cannot be used, or a file of the database is
    /// damaged.</exception>
    public Task<SnapshotInfo> CreateAsync(
        string name, string? directory, CancellationToken cancellationToken)
    {
        ThrowIfReserved(name);
        return WriteAsync(name, directory, cancellationToken);
    }

    /// <summary>The complete snapshots, by name.</summary>
    /// <param name="directory">The directory of snapshots; null for the database's own.</param>
    public IReadOnlyList<SnapshotInfo> List(string? directory = null)
    {
        string path = directory ?? _directory;
        if (!Directory.Exists(path))
        {
            return [];
        }

        using LocalStorageDevice device = LocalStorageDevice.OpenShared(path);
        return [.. new SnapshotFolder(device).List().Where(static found => found.Name != WorkingName)];
    }

    /// <summary>Removes a snapshot.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="directory">The directory of snapshots; null for the database's own.</param>
    /// <exception cref="BackupException">There is none of that name.</exception>
    public void Delete(string name, string? directory = null)
    {
        ThrowIfReserved(name);
        using LocalStorageDevice device = LocalStorageDevice.OpenShared(directory ?? _directory);
        new SnapshotFolder(device).Delete(name);
    }

    /// <summary>Gives back what it holds of the system.</summary>
    public void Dispose() => _turn.Dispose();

    /// <summary>Writes the snapshot that a backup sends, whose database is at the path given back.</summary>
    internal async Task<string> CreateWorkingAsync(CancellationToken cancellation)
    {
        await WriteAsync(WorkingName, null, cancellation).ConfigureAwait(false);
        return Path.Combine(PathOf(WorkingName), _database);
    }

    /// <summary>Removes it.</summary>
    internal void DeleteWorking()
    {
        if (Directory.Exists(Path.Combine(_directory, WorkingName)))
        {
            using LocalStorageDevice device = LocalStorageDevice.OpenShared(_directory);
            new SnapshotFolder(device).Delete(WorkingName);
        }
    }

    /// <summary>Removes what a killed process left of a snapshot or a backup.</summary>
    internal void RemoveInterrupted()
    {
        if (Directory.Exists(_directory))
        {
            using LocalStorageDevice device = LocalStorageDevice.OpenShared(_directory);
            new SnapshotFolder(device).RemoveInterrupted();
            DeleteWorking();
        }
    }

    private async Task<SnapshotInfo> WriteAsync(
        string name, string? directory, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using LocalStorageDevice device = LocalStorageDevice.OpenShared(directory ?? _directory);
            return await _source
                .WriteAsync(new SnapshotFolder(device), name, _database, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static void ThrowIfReserved(string name)
    {
        if (name == WorkingName)
        {
            throw new BackupException(
                BackupFault.NameInvalid, name, $"'{name}' is the name of the snapshot that a backup sends");
        }
    }
}
