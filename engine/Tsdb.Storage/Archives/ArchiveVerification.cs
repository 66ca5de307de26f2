using Tsdb.Storage.Backups;

namespace Tsdb.Storage.Archives;

/// <summary>Reads all of the archived log behind a database's backups, and compares every checksum.</summary>
/// <param name="store">The backups and the archive.</param>
public sealed class ArchiveVerification(BackupStore store)
{
    /// <summary>Verifies the archives of every identity that a backup has.</summary>
    /// <param name="onRun">Called for each run of frames without a hole, by identity and LSN.</param>
    /// <param name="onDamage">Called for each piece that is damaged, and for each hole behind the oldest
    /// backup.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many damages and holes there are.</returns>
    /// <exception cref="BackupException">The manifest of a backup or a mark is damaged.</exception>
    public async Task<int> RunAsync(
        Action<ArchiveRun> onRun, Action<BackupException> onDamage, CancellationToken cancellationToken)
    {
        int faultCount = 0;
        IReadOnlyList<BackupManifest> backups =
            await store.ListAsync(cancellationToken).ConfigureAwait(false);
        foreach (IGrouping<Guid, BackupManifest> identity in
            backups.GroupBy(static backup => backup.Snapshot.SourceUuid))
        {
            ArchiveFolder folder = new(store, identity.Key);
            ulong backupLsn = identity.Min(static backup => backup.Snapshot.Lsn);
            faultCount += await VerifyAsync(folder, backupLsn, onRun, onDamage, cancellationToken)
                .ConfigureAwait(false);
        }

        return faultCount;
    }

    private static async Task<int> VerifyAsync(
        ArchiveFolder folder,
        ulong backupLsn,
        Action<ArchiveRun> onRun,
        Action<BackupException> onDamage,
        CancellationToken cancellation)
    {
        int faultCount = 0;
        ulong reachedLsn = backupLsn;
        ArchiveRun? run = null;
        foreach (ArchiveRange range in await folder.ListAsync(cancellation).ConfigureAwait(false))
        {
            if (range.FirstLsn > reachedLsn + 1)
            {
                faultCount++;
                onDamage(Hole(folder, new ArchiveRange(reachedLsn + 1, range.FirstLsn - 1)));
            }

            reachedLsn = Math.Max(reachedLsn, range.LastLsn);
            try
            {
                run = Extend(run, await ReadAsync(folder, range, cancellation).ConfigureAwait(false), onRun);
            }
            catch (BackupException damage)
            {
                faultCount++;
                onDamage(damage);
            }
        }

        if (run is { } last)
        {
            onRun(last);
        }

        ArchiveMark? mark = await folder.ReadMarkAsync(cancellation).ConfigureAwait(false);
        if (mark is not null && mark.Lsn > reachedLsn)
        {
            faultCount++;
            onDamage(Hole(folder, new ArchiveRange(reachedLsn + 1, mark.Lsn)));
        }

        return faultCount;
    }

    /// <summary>The run that a piece belongs to; one that has ended is told.</summary>
    private static ArchiveRun Extend(ArchiveRun? run, ArchiveRun piece, Action<ArchiveRun> onRun)
    {
        if (run is not { } open)
        {
            return piece;
        }

        if (piece.Range.FirstLsn > open.Range.LastLsn + 1)
        {
            onRun(open);
            return piece;
        }

        return open with
        {
            Range = new ArchiveRange(
                open.Range.FirstLsn, Math.Max(open.Range.LastLsn, piece.Range.LastLsn)),
            LastCommitNs = piece.LastCommitNs,
            PieceCount = open.PieceCount + 1,
        };
    }

    private static async Task<ArchiveRun> ReadAsync(
        ArchiveFolder folder, ArchiveRange range, CancellationToken cancellation)
    {
        ArchivePieceReader piece = await folder.OpenAsync(range, cancellation).ConfigureAwait(false);
        long? firstNs = null;
        while (piece.TryRead(out ArchivedFrame frame))
        {
            firstNs ??= frame.CommitTimeNs;
        }

        return new ArchiveRun(folder.DatabaseUuid, range, firstNs ?? 0, piece.LastTimeNs, 1);
    }

    private static BackupException Hole(ArchiveFolder folder, ArchiveRange range) => new(
        BackupFault.ArchiveGap,
        $"{range}",
        $"the archive of database {folder.DatabaseUuid} lacks {range}: moments in it, and behind it up to "
        + "the next backup, cannot be restored");
}
