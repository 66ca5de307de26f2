using Tsdb.Storage.Backups;
using Tsdb.Storage.Devices;

namespace Tsdb.Engine;

/// <summary>
/// The snapshots of one database: in <c>DIR/NAME-snapshots</c>, or in another directory that is named. Thread
/// safe; one at a time is written.
/// </summary>
public sealed class DatabaseSnapshots : IDisposable
{
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
    public async Task<SnapshotInfo> CreateAsync(
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
        return new SnapshotFolder(device).List();
    }

    /// <summary>Removes a snapshot.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="directory">The directory of snapshots; null for the database's own.</param>
    /// <exception cref="BackupException">There is none of that name.</exception>
    public void Delete(string name, string? directory = null)
    {
        using LocalStorageDevice device = LocalStorageDevice.OpenShared(directory ?? _directory);
        new SnapshotFolder(device).Delete(name);
    }

    /// <summary>Gives back what it holds of the system.</summary>
    public void Dispose() => _turn.Dispose();

    /// <summary>Removes what a killed process left of a snapshot.</summary>
    internal void RemoveInterrupted()
    {
        if (Directory.Exists(_directory))
        {
            using LocalStorageDevice device = LocalStorageDevice.OpenShared(_directory);
            new SnapshotFolder(device).RemoveInterrupted();
        }
    }
}
