using System.Globalization;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Manifests;

namespace Tsdb.Storage.Archives;

/// <summary>
/// Puts a database back to a moment: the last backup before it, then the archived log up to it. The result
/// has an identity of its own. Interrupted, it leaves a directory that does not open, and begins anew when
/// called again.
/// </summary>
/// <param name="store">The backups and the archive.</param>
public sealed class PointInTimeRestore(BackupStore store)
{
    /// <summary>Restores and checks.</summary>
    /// <param name="point">Where to.</param>
    /// <param name="target">An empty directory, or one where a restore was interrupted.</param>
    /// <param name="onProgress">Called after each file of the backup and each piece of the log.</param>
    /// <param name="cancellationToken">Gives up; the directory cannot be opened then.</param>
    /// <exception cref="BackupException">No backup is old enough, the archive lacks frames or does not reach
    /// the point (the message says what is missing), or an object is damaged.</exception>
    public async Task<RestoreReport> RunAsync(
        RestorePoint point,
        IStorageDevice target,
        Action<BackupProgress> onProgress,
        CancellationToken cancellationToken)
    {
        BackupManifest backup = await FindBackupAsync(point, cancellationToken).ConfigureAwait(false);
        ArchiveFolder folder = new(store, backup.Snapshot.SourceUuid);
        List<ArchiveRange> pieces =
            await FindPiecesAsync(folder, backup, point, cancellationToken).ConfigureAwait(false);
        SnapshotInfo snapshot = backup.Snapshot;
        RestoreReport report = new(backup, default!, snapshot.Lsn, snapshot.CommitTimeNs, 0, 0, 0);
        StorageCheckResult check = await new DatabaseRestore(store)
            .RunAsync(backup, target, onProgress, ReplayAsync, cancellationToken)
            .ConfigureAwait(false);
        return report with { Check = check };

        async Task<ManifestState> ReplayAsync(ManifestState state)
        {
            using ArchivedLog log = new(target, state);
            bool isReached = false;
            for (int i = 0; i < pieces.Count && !isReached; i++)
            {
                isReached = await AppendAsync(log, folder, pieces[i], point, cancellationToken)
                    .ConfigureAwait(false);
                log.Sync();
                onProgress(new BackupProgress(i + 1, pieces.Count, log.FrameCount, $"{pieces[i]}"));
            }

            ManifestState finished = log.Finish();
            report = report with
            {
                LastLsn = log.LastLsn,
                LastCommitNs = log.FrameCount == 0 ? report.LastCommitNs : log.LastCommitNs,
                FrameCount = log.FrameCount,
                RowCount = log.RowCount,
                DeleteCount = log.DeleteCount,
            };
            return finished;
        }
    }

    private async Task<BackupManifest> FindBackupAsync(RestorePoint point, CancellationToken cancellation)
    {
        IReadOnlyList<BackupManifest> all = await store.ListAsync(cancellation).ConfigureAwait(false);
        return all.LastOrDefault(backup => point.Takes(backup.Snapshot))
            ?? throw new BackupException(
                BackupFault.NotFound,
                store.Database,
                $"the target has no backup of '{store.Database}' that ends before {Describe(point)}"
                + (all.Count == 0 ? "" : $"; the oldest, {all[0].Id}, ends later"));
    }

    /// <summary>The pieces that the point needs behind the backup, without a hole between them.</summary>
    private static async Task<List<ArchiveRange>> FindPiecesAsync(
        ArchiveFolder folder, BackupManifest backup, RestorePoint point, CancellationToken cancellation)
    {
        ArchiveMark? mark = await folder.ReadMarkAsync(cancellation).ConfigureAwait(false);
        List<ArchiveRange> needed = [];
        ulong reachedLsn = backup.Snapshot.Lsn;
        bool isPast = reachedLsn >= point.UntilLsn;
        foreach (ArchiveRange piece in await folder.ListAsync(cancellation).ConfigureAwait(false))
        {
            if (isPast || piece.LastLsn <= reachedLsn)
            {
                continue;
            }

            if (piece.FirstLsn > reachedLsn + 1)
            {
                throw Hole(point, backup, new ArchiveRange(reachedLsn + 1, piece.FirstLsn - 1));
            }

            ArchivePieceHeader? times =
                await ReadTimesAsync(folder, piece, point, cancellation).ConfigureAwait(false);
            if (!(times?.FirstTimeNs > point.UntilNs))
            {
                needed.Add(piece);
            }

            reachedLsn = piece.LastLsn;
            isPast = reachedLsn >= point.UntilLsn || times?.LastTimeNs > point.UntilNs;
        }

        if (!isPast && mark is not null && mark.Lsn > reachedLsn)
        {
            throw Hole(point, backup, new ArchiveRange(reachedLsn + 1, mark.Lsn));
        }

        if (!isPast && !Reaches(mark, reachedLsn, point))
        {
            throw TooShort(point, mark, reachedLsn);
        }

        return needed;
    }

    /// <summary>When a piece's frames were committed; null where the point is no time, or the piece is
    /// damaged.</summary>
    private static async Task<ArchivePieceHeader?> ReadTimesAsync(
        ArchiveFolder folder, ArchiveRange range, RestorePoint point, CancellationToken cancellation)
    {
        if (point.UntilNs is null)
        {
            return null;
        }

        try
        {
            return await folder.ReadHeaderAsync(range, cancellation).ConfigureAwait(false);
        }
        catch (BackupException damage)
            when (damage.Fault is BackupFault.ObjectDamaged or BackupFault.ObjectMissing)
        {
            // Whether it is needed cannot be known, so it is: its frames say what is wrong with it.
            return null;
        }
    }

    /// <summary>Whether it is known that nothing was committed between the archive's last frame and the
    /// point.</summary>
    private static bool Reaches(ArchiveMark? mark, ulong reachedLsn, RestorePoint point) =>
        point is { UntilNs: null, UntilLsn: null }
        || (point.UntilLsn is null && mark is not null
            && mark.UntilNs >= point.UntilNs && mark.Lsn <= reachedLsn);

    private static BackupException Hole(RestorePoint point, BackupManifest backup, ArchiveRange hole) => new(
        BackupFault.ArchiveGap,
        $"{hole}",
        $"{Describe(point)} cannot be reached from backup {backup.Id}: the archive lacks {hole}; "
        + $"--until-lsn {hole.FirstLsn - 1} ends before that");

    private static BackupException TooShort(RestorePoint point, ArchiveMark? mark, ulong reachedLsn)
    {
        string reached = mark is null
            ? "nothing is archived"
            : $"it has every commit until {Describe(mark.UntilNs)} and ends at LSN {reachedLsn}";
        return new BackupException(
            BackupFault.ArchiveTooShort,
            Describe(point),
            $"the archive does not reach {Describe(point)}: {reached}");
    }

    /// <summary>True when the point is reached before the piece ends.</summary>
    /// <exception cref="BackupException">The piece is damaged: what it lacks is said, and how to end before
    /// it.</exception>
    private static async Task<bool> AppendAsync(
        ArchivedLog log,
        ArchiveFolder folder,
        ArchiveRange range,
        RestorePoint point,
        CancellationToken cancellation)
    {
        ulong startLsn = log.LastLsn + 1;
        try
        {
            return Append(log, await folder.OpenAsync(range, cancellation).ConfigureAwait(false), point);
        }
        catch (BackupException damage)
            when (damage.Fault is BackupFault.ObjectDamaged or BackupFault.ObjectMissing)
        {
            ArchiveRange lost = new(startLsn, range.LastLsn);
            throw new BackupException(
                BackupFault.ArchiveGap,
                $"{lost}",
                $"{Describe(point)} cannot be reached: the archive lacks {lost} ({damage.Message}); "
                + $"--until-lsn {startLsn - 1} ends before that",
                damage);
        }
    }

    private static bool Append(ArchivedLog log, ArchivePieceReader piece, RestorePoint point)
    {
        while (piece.TryRead(out ArchivedFrame frame))
        {
            if (!point.Takes(frame))
            {
                return true;
            }

            // A piece may begin before the backup's end.
            if (frame.Lsn > log.LastLsn)
            {
                log.Append(frame);
            }
        }

        return false;
    }

    private static string Describe(RestorePoint point) => point switch
    {
        { UntilNs: { } untilNs } => Describe(untilNs),
        { UntilLsn: { } untilLsn } => $"LSN {untilLsn}",
        _ => "the end of the archive",
    };

    private static string Describe(long unixNs) => DateTimeOffset.UnixEpoch.AddTicks(unixNs / 100)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
