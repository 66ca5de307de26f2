using Tsdb.Core;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;

namespace Tsdb.Storage.Backups;

/// <summary>
/// Writes a pinned state as a database of its own: segments linked, the catalogue copied as far as the state
/// counts it, and a manifest with a new identity, so that neither log nor archive of the two can be taken for
/// the other's. The manifest comes last: without it there is no database.
/// </summary>
internal static class SnapshotWriter
{
    /// <summary>Writes the database; durable when this returns.</summary>
    /// <param name="source">The state.</param>
    /// <param name="target">An empty directory.</param>
    /// <param name="name">The snapshot's name.</param>
    /// <param name="database">The database's name.</param>
    /// <param name="cancellation">Looked at before each file.</param>
    /// <exception cref="BackupException">A segment of the database is damaged.</exception>
    /// <exception cref="StorageDeviceException">A device failed; there is no snapshot.</exception>
    public static SnapshotInfo Write(
        PinnedDatabase source,
        IStorageDevice target,
        string name,
        string database,
        CancellationToken cancellation)
    {
        ThrowIfDamaged(source);
        ManifestState state = source.State;
        target.CreateDirectory(SegmentNames.Directory);
        int copiedCount = 0;
        long sizeBytes = 0;
        foreach (SegmentEntry segment in state.Segments.Values)
        {
            cancellation.ThrowIfCancellationRequested();
            string path = SegmentNames.PathOf(segment.SegmentNumber);
            copiedCount += FileCopy.LinkOrCopy(source.Device, path, target, path) ? 0 : 1;
            sizeBytes += segment.SizeBytes;
        }

        target.SyncDirectory(SegmentNames.Directory);
        if (state.CatalogLog is { } catalog)
        {
            // Copied, not linked: the file grows, and the snapshot may be opened and grow another way.
            FileCopy.Copy(
                source.Device, catalog.FileName, target, catalog.FileName, catalog.DurableSizeBytes);
            sizeBytes += catalog.DurableSizeBytes;
        }

        SnapshotInfo info = new()
        {
            Name = name,
            Database = database,
            SourceUuid = state.DatabaseUuid,
            Lsn = state.FlushedLsnOfAllShards,
            ReachedLsn = source.ReachedLsn,
            CommitTimeNs = source.CommitTimeNs,
            SegmentCount = state.Segments.Count,
            SizeBytes = sizeBytes,
            CopiedSegmentCount = copiedCount,
        };
        info.Write(target);
        target.SyncDirectory("");
        WriteManifest(target, state, Guid.NewGuid());
        return info;
    }

    /// <summary>Makes a manifest that says the same under another identity, and of a log that ends where the
    /// segments do.</summary>
    public static void WriteManifest(IStorageDevice target, ManifestState state, Guid databaseUuid)
    {
        ulong lsn = state.FlushedLsnOfAllShards;
        Invariant.Holds(state.FlushedLsns.All(flushed => flushed == lsn));
        ManifestState renamed = state with { DatabaseUuid = databaseUuid, KnownDurableLsn = lsn };
        Manifest.CreateFrom(target, renamed).Dispose();
    }

    private static void ThrowIfDamaged(PinnedDatabase source)
    {
        if (source.Version.Damaged is [DamagedSegment first, ..])
        {
            throw new BackupException(
                BackupFault.SourceDamaged,
                first.Path,
                $"{first.Path} is damaged, so a copy of the database would be: {first.Cause.Message}",
                first.Cause);
        }
    }
}
