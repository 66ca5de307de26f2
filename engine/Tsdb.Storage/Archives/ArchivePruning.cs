using Tsdb.Storage.Backups;

namespace Tsdb.Storage.Archives;

/// <summary>Removes what no restore can need any more: a restore begins with a backup, so frames up to the
/// oldest one are of no use.</summary>
/// <param name="store">The backups and the archive.</param>
public sealed class ArchivePruning(BackupStore store)
{
    /// <summary>Removes pieces.</summary>
    /// <param name="removed">Backups that are not there any more.</param>
    /// <param name="kept">Those that are.</param>
    /// <param name="cancellationToken">Gives up; the next call goes on.</param>
    /// <returns>How many pieces were removed.</returns>
    public async Task<int> RunAsync(
        IReadOnlyList<BackupManifest> removed,
        IReadOnlyList<BackupManifest> kept,
        CancellationToken cancellationToken)
    {
        int removedCount = 0;
        foreach (Guid uuid in
            removed.Concat(kept).Select(static backup => backup.Snapshot.SourceUuid).Distinct())
        {
            ArchiveFolder folder = new(store, uuid);
            ulong neededFromLsn = FindNeeded(uuid, kept);
            foreach (ArchiveRange piece in await folder.ListAsync(cancellationToken).ConfigureAwait(false))
            {
                if (piece.LastLsn <= neededFromLsn)
                {
                    await folder.DeleteAsync(piece, cancellationToken).ConfigureAwait(false);
                    removedCount++;
                }
            }
        }

        return removedCount;
    }

    /// <summary>Frames up to it are in every backup of the identity; all, where there is none.</summary>
    private static ulong FindNeeded(Guid uuid, IReadOnlyList<BackupManifest> kept) => kept
        .Where(backup => backup.Snapshot.SourceUuid == uuid)
        .Select(static backup => backup.Snapshot.Lsn)
        .DefaultIfEmpty(ulong.MaxValue)
        .Min();
}
