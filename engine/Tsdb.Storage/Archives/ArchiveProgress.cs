using Tsdb.Storage.Commits;

namespace Tsdb.Storage.Archives;

/// <summary>How far the archive of a log is, and what it lacks behind the last backup. Thread safe.</summary>
internal sealed class ArchiveProgress(CommitLog log)
{
    private readonly Lock _gate = new();
    private ArchiveStatus? _status;
    private ulong _backupLsn;

    /// <summary>Null before the target was seen for the first time.</summary>
    public ArchiveStatus? Status
    {
        get
        {
            lock (_gate)
            {
                return _status;
            }
        }
    }

    /// <summary>The archive ends there, and nothing is known of what it lacks.</summary>
    public void Begin(ulong archivedLsn, long untilNs)
    {
        lock (_gate)
        {
            Set(new ArchiveStatus(archivedLsn, untilNs, 0, 0, null));
        }
    }

    /// <summary>Every frame up to an LSN is archived.</summary>
    public void NoteArchived(ulong lsn)
    {
        lock (_gate)
        {
            Set(_status! with { ArchivedLsn = lsn });
        }
    }

    /// <summary>A restore can reach a time; one that is passed already changes nothing.</summary>
    public void NoteUntil(long untilNs)
    {
        lock (_gate)
        {
            Set(_status! with { UntilNs = Math.Max(untilNs, _status.UntilNs) });
        }
    }

    /// <summary>A backup holds every frame up to an LSN: what is missing before it is not needed any
    /// more.</summary>
    public void NoteBackup(ulong lsn)
    {
        lock (_gate)
        {
            log.NoteBackup(lsn);
            _backupLsn = Math.Max(_backupLsn, lsn);
            if (_status is { Gap: { } gap })
            {
                ArchiveRange? missing = BehindBackup(gap);
                _status = _status with
                {
                    Gap = missing,
                    Damage = missing is null ? null : _status.Damage,
                };
            }
        }
    }

    /// <summary>The archive lacks frames, and always will.</summary>
    /// <param name="gap">Which.</param>
    /// <param name="damage">What is wrong with the log there; null when nothing is.</param>
    public void NoteGap(ArchiveRange gap, string? damage = null)
    {
        lock (_gate)
        {
            if (BehindBackup(gap) is { } missing)
            {
                log.NoteGap(missing.LastLsn);
                _status = _status! with
                {
                    Gap = Join(_status.Gap, missing),
                    Damage = damage ?? _status.Damage,
                };
            }
        }
    }

    /// <summary>The later hole, with the one before it where that is next to it.</summary>
    private static ArchiveRange Join(ArchiveRange? before, ArchiveRange gap) =>
        before is { } known && known.LastLsn + 1 >= gap.FirstLsn && known.FirstLsn < gap.FirstLsn
            ? gap with { FirstLsn = known.FirstLsn }
            : gap;

    /// <summary>What of a hole no backup covers; null when nothing.</summary>
    private ArchiveRange? BehindBackup(ArchiveRange gap) => gap.LastLsn <= _backupLsn
        ? null
        : gap with { FirstLsn = Math.Max(gap.FirstLsn, _backupLsn + 1) };

    private void Set(ArchiveStatus status)
    {
        ulong durableLsn = log.DurableLsn;
        _status = status with
        {
            HeldSizeBytes = log.HeldSizeBytes,
            UnarchivedFrameCount = (long)(durableLsn - Math.Min(durableLsn, status.ArchivedLsn)),
        };
    }
}
