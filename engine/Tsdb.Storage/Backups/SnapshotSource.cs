using Tsdb.Core;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Backups;

/// <summary>Makes snapshots of an open database. Thread safe.</summary>
/// <param name="storage">The database. Stays the caller's.</param>
/// <param name="clock">What tells up to when a snapshot is.</param>
public sealed class SnapshotSource(StorageEngine storage, TimeProvider clock)
{
    /// <summary>
    /// Flushes, then writes all that was acknowledged before the call as a database of its own, of links to
    /// the same files where that is possible. Writes, flushes and merges go on meanwhile.
    /// </summary>
    /// <param name="folder">Where to.</param>
    /// <param name="name">What to call it.</param>
    /// <param name="database">This database's name.</param>
    /// <param name="cancellationToken">Gives up; nothing is left behind.</param>
    /// <exception cref="BackupException">The name cannot be used, or a file of the database is
    /// damaged.</exception>
    /// <exception cref="StorageClosedException">The database cannot be flushed.</exception>
    public async Task<SnapshotInfo> WriteAsync(
        SnapshotFolder folder, string name, string database, CancellationToken cancellationToken)
    {
        await storage.FlushAsync(cancellationToken).ConfigureAwait(false);
        (ManifestState state, StorageVersion version) = storage.Parts.Publisher.Pin();
        (ulong reachedLsn, long lastCommitTimeNs) = storage.Parts.Log.End;
        long commitTimeNs = Math.Max(Timestamp.Now(clock).UnixNs, lastCommitTimeNs);
        using PinnedDatabase pinned =
            new(storage.Parts.Device, state, version, reachedLsn, commitTimeNs);
        return await Task.Run(
            () => folder.Write(pinned, name, database, cancellationToken), CancellationToken.None)
            .ConfigureAwait(false);
    }
}
