using System.Diagnostics;
using Tsdb.Core;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Archives;

/// <summary>
/// Sends the durable frames of an open database's log to a target, in the order of the log. Where it stands
/// is what the target has: killed at any moment, it goes on from there. One caller at a time; the status is
/// for any thread.
/// </summary>
public sealed class LogArchiver : IDisposable
{
    private readonly CommitLog _log;
    private readonly BackupStore _store;
    private readonly ArchiveFolder _folder;
    private readonly PieceCollector _frames;
    private readonly ArchiveProgress _progress;
    private bool _isPlaced;

    /// <summary>Makes an archiver; nothing is read or sent yet.</summary>
    /// <param name="storage">The database, open with <see cref="StorageOptions.UnarchivedLogSizeBytesMax"/>
    /// set. Stays the caller's.</param>
    /// <param name="store">Where to: beside the backups.</param>
    /// <param name="memory">Pays for what is on its way; null where nobody keeps accounts.</param>
    public LogArchiver(StorageEngine storage, BackupStore store, MemoryAccount? memory = null)
    {
        Guid uuid = storage.Parts.Publisher.DatabaseUuid;
        _log = storage.Parts.Log;
        _store = store;
        _progress = new ArchiveProgress(_log);
        _folder = new ArchiveFolder(store, uuid);
        _frames = new PieceCollector(storage.Parts.Device, uuid, _progress, memory);
    }

    /// <summary>How far it is; null before it has seen the target for the first time.</summary>
    public ArchiveStatus? Status => _progress.Status;

    /// <summary>Bytes of log files that are kept for the archive only.</summary>
    public long HeldSizeBytes => _log.HeldSizeBytes;

    /// <summary>Sends all that is durable now, then says on the target how far in time it reaches.</summary>
    /// <exception cref="BackupException">The target has frames that this log has not: somebody else archives
    /// a log of this identity.</exception>
    /// <exception cref="IOException">The target or the device failed. Called again, it goes on.</exception>
    public async Task ShipAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ShipAllAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Between calls nothing is on its way.
            _frames.Clear();
        }
    }

    /// <summary>A backup holds every frame up to an LSN: what is missing before it is not needed any
    /// more.</summary>
    public void NoteBackup(ulong lsn) => _progress.NoteBackup(lsn);

    /// <summary>Closes the log file that is being read, and gives the memory back.</summary>
    public void Dispose() => _frames.Dispose();

    private async Task ShipAllAsync(CancellationToken cancellationToken)
    {
        if (!_isPlaced)
        {
            await FindPlaceAsync(cancellationToken).ConfigureAwait(false);
        }

        WalView view = _log.GetView();
        while (_frames.NextLsn <= view.DurableLsn)
        {
            // Until the piece is known to be there the reader's place means nothing: a call that fails, or is
            // given up, has the next one ask the target.
            _isPlaced = false;
            if (_frames.TryCollect(view))
            {
                ArchiveRange range = _frames.Range;
                await _folder.AddAsync(range, _frames.Finish(), cancellationToken).ConfigureAwait(false);
                _log.NoteArchived(range.LastLsn);
                _progress.NoteArchived(range.LastLsn);
            }

            _isPlaced = true;
        }

        await MarkAsync(view, cancellationToken).ConfigureAwait(false);
    }

    private async Task FindPlaceAsync(CancellationToken cancellation)
    {
        IReadOnlyList<ArchiveRange> pieces = await _folder.ListAsync(cancellation).ConfigureAwait(false);
        ArchiveMark? mark = await _folder.ReadMarkAsync(cancellation).ConfigureAwait(false);
        WalView view = _log.GetView();
        ulong archivedLsn = pieces.Count > 0 ? pieces[^1].LastLsn : view.FirstLsn - 1;
        if (archivedLsn > view.DurableLsn)
        {
            throw new BackupException(
                BackupFault.ArchiveConflict,
                $"{pieces[^1]}",
                $"the archive of database {_folder.DatabaseUuid} has {pieces[^1]}, but its log ends at LSN "
                + $"{view.DurableLsn}: the log was put back to an earlier state; restore the database under "
                + "an identity of its own instead");
        }

        if (mark is not null)
        {
            // What the mark says holds for this run too, wherever the clock is now.
            _log.RaiseCommitFloor(mark.UntilNs + 1);
        }

        _frames.Seek(archivedLsn + 1);
        _log.NoteArchived(archivedLsn);
        _progress.Begin(archivedLsn, mark?.UntilNs ?? 0);
        ulong? backupLsn = await FindBackupLsnAsync(cancellation).ConfigureAwait(false);
        if (backupLsn is { } lsn)
        {
            _progress.NoteBackup(lsn);
        }

        if (ArchiveCoverage.FindLastGap(pieces, backupLsn, archivedLsn + 1) is { } gap)
        {
            _progress.NoteGap(gap);
        }

        _isPlaced = true;
    }

    /// <summary>The last frame that a backup has; null when there is no backup of this identity, or it cannot
    /// be told.</summary>
    private async Task<ulong?> FindBackupLsnAsync(CancellationToken cancellation)
    {
        try
        {
            IReadOnlyList<BackupManifest> backups =
                await _store.ListAsync(cancellation).ConfigureAwait(false);
            return backups
                .Where(backup => backup.Snapshot.SourceUuid == _folder.DatabaseUuid)
                .Max(static backup => (ulong?)backup.Snapshot.Lsn);
        }
        catch (BackupException damage) when (damage.Fault is BackupFault.ObjectDamaged
            or BackupFault.ObjectMissing or BackupFault.Unsupported)
        {
            // What becomes of one backup must not keep the log from being archived.
            Trace.TraceWarning($"it is not known what the archive lacks behind a backup: {damage.Message}");
            return null;
        }
    }

    private async Task MarkAsync(WalView view, CancellationToken cancellation)
    {
        if (view.UntilNs > _progress.Status!.UntilNs)
        {
            ArchiveMark mark = new() { Lsn = view.DurableLsn, UntilNs = view.UntilNs };
            await _folder.WriteMarkAsync(mark, cancellation).ConfigureAwait(false);
        }

        _progress.NoteUntil(view.UntilNs);
    }
}
