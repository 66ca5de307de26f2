using System.Diagnostics;
using Tsdb.Core;
using Tsdb.Storage.Wal;
using Tsdb.Storage.Working;

namespace Tsdb.Storage.Commits;

/// <summary>The log as the commit thread uses it, shared with the flush thread, which cuts its tail
/// off.</summary>
internal sealed class CommitLog(WalWriter wal, TimeProvider clock, IWorkHost host)
{
    private readonly Lock _gate = new();
    private readonly UnsyncedFrames _unsynced = new();
    private long _preparedSizeBytes;
    private ulong _givenUpLsn;
    private ulong _backupLsn;
    private Task _preparing = Task.CompletedTask;

    /// <summary>The time of commits.</summary>
    public TimeProvider Clock => clock;

    public long LiveSizeBytes
    {
        get
        {
            lock (_gate)
            {
                return wal.LiveSizeBytes;
            }
        }
    }

    /// <summary>The last frame, and no earlier than when it was committed; 0 when there is none.</summary>
    public (ulong Lsn, long CommitTimeNs) End
    {
        get
        {
            lock (_gate)
            {
                return (wal.NextLsn - 1, wal.LastCommitTimeNs);
            }
        }
    }

    /// <summary>Every frame up to it is durable.</summary>
    public ulong DurableLsn
    {
        get
        {
            lock (_gate)
            {
                return wal.DurableLsn;
            }
        }
    }

    /// <summary>
    /// Appends a frame and, if asked, makes it durable; returns its LSN. After a failure it goes to a new
    /// file, with all that was not synced before it; the failed file is never trusted again.
    /// </summary>
    /// <exception cref="WalFailedException">That failed as well: nothing can be appended until
    /// <see cref="Heal"/> has succeeded.</exception>
    public ulong Append(ReadOnlySpan<byte> payload, bool syncs)
    {
        lock (_gate)
        {
            ulong lsn = wal.NextLsn;
            syncs |= _unsynced.SizeBytes + (long)payload.Length > UnsyncedFrames.SizeBytesMax;
            try
            {
                AppendFrame(payload, syncs);
            }
            catch (WalFailedException failure) when (!failure.IsReadOnly)
            {
                GoOnInNewFile();
                AppendFrame(payload, syncs: true);
                syncs = true;
            }

            Invariant.Holds(wal.NextLsn == lsn + 1);
            if (syncs)
            {
                _unsynced.Clear();
            }
            else
            {
                _unsynced.Add(lsn, payload);
            }

            PrepareSpare();
            return lsn;
        }
    }

    /// <summary>Makes all frames durable, in a new file if the present one fails.</summary>
    /// <exception cref="WalFailedException">That failed as well.</exception>
    public void Sync()
    {
        lock (_gate)
        {
            try
            {
                wal.Sync();
            }
            catch (WalFailedException failure) when (!failure.IsReadOnly)
            {
                GoOnInNewFile();
            }

            _unsynced.Clear();
        }
    }

    /// <summary>
    /// After a failure: tries whether a new file can be written, and makes durable what was not. When this
    /// returns, the log takes frames again.
    /// </summary>
    /// <exception cref="WalFailedException">Not yet.</exception>
    public void Heal()
    {
        lock (_gate)
        {
            if (wal.IsFailed)
            {
                GoOnInNewFile();
                _unsynced.Clear();
            }
        }
    }

    /// <summary>Whether files stay although their frames are in segments: while the log is
    /// replayed.</summary>
    public bool KeepsFiles { get; set; }

    /// <summary>Lets go of frames that are in segments.</summary>
    public void Truncate(ulong flushedLsn)
    {
        lock (_gate)
        {
            if (KeepsFiles)
            {
                return;
            }

            ulong givenUpLsn = wal.Truncate(Math.Min(flushedLsn, wal.DurableLsn));
            _givenUpLsn = Math.Max(_givenUpLsn, givenUpLsn);
        }
    }

    /// <summary>The archive lacks frames up to an LSN.</summary>
    public void NoteGap(ulong lastLsn)
    {
        lock (_gate)
        {
            _givenUpLsn = Math.Max(_givenUpLsn, lastLsn);
        }
    }

    /// <summary>A backup has every frame up to an LSN: what the archive lacks of them is not missed any
    /// more.</summary>
    public void NoteBackup(ulong lsn)
    {
        lock (_gate)
        {
            _backupLsn = Math.Max(_backupLsn, lsn);
        }
    }

    /// <summary>The last LSN that was let go of although neither archive nor backup has it; 0 when none
    /// was.</summary>
    public ulong GivenUpLsn
    {
        get
        {
            lock (_gate)
            {
                return _givenUpLsn > _backupLsn ? _givenUpLsn : 0;
            }
        }
    }

    /// <summary>Size of the files that wait for the archive only.</summary>
    public long HeldSizeBytes
    {
        get
        {
            lock (_gate)
            {
                return wal.HeldSizeBytes;
            }
        }
    }

    /// <summary>What the archive may read.</summary>
    public WalView GetView()
    {
        lock (_gate)
        {
            return wal.GetView(Timestamp.Now(clock).UnixNs);
        }
    }

    /// <summary>No frame that is appended from now on is committed before a time.</summary>
    public void RaiseCommitFloor(long timeNs)
    {
        lock (_gate)
        {
            wal.RaiseCommitFloor(timeNs);
        }
    }

    /// <summary>The archive has every frame up to an LSN.</summary>
    /// <exception cref="Devices.StorageDeviceException">A file that is not wanted any more cannot be let go
    /// of.</exception>
    public void NoteArchived(ulong lsn)
    {
        lock (_gate)
        {
            wal.NoteArchived(lsn);
        }
    }

    /// <summary>Waits for the background work, at close: nothing may touch the device after that.</summary>
    public void CompletePreparing()
    {
        Task preparing;
        lock (_gate)
        {
            preparing = _preparing;
        }

        host.WhenDone(preparing).Wait();
    }

    /// <summary>What was logged and not synced is logged again, under the same LSNs, and synced.</summary>
    private void GoOnInNewFile()
    {
        wal.ReplaceFailedFile();
        for (int i = 0; i < _unsynced.Count; i++)
        {
            // A file that became full was synced: what went before needs no copy.
            if (_unsynced.GetLsn(i) >= wal.NextLsn)
            {
                Invariant.Holds(_unsynced.GetLsn(i) == wal.NextLsn);
                AppendFrame(_unsynced.GetPayload(i), syncs: false);
            }
        }

        wal.Sync();
    }

    private void AppendFrame(ReadOnlySpan<byte> payload, bool syncs)
    {
        wal.Append(payload, Timestamp.Now(clock).UnixNs);
        if (syncs)
        {
            wal.Sync();
        }
    }

    /// <summary>
    /// When half of a file is written the next one is made in the background: early enough for no commit to
    /// wait for it, and not at all for a database that writes little.
    /// </summary>
    private void PrepareSpare()
    {
        if (wal.WantsSpare && wal.LiveSizeBytes != _preparedSizeBytes && _preparing.IsCompleted)
        {
            _preparedSizeBytes = wal.LiveSizeBytes;
            _preparing = host.Begin(() => Prepare(wal));
        }
    }

    private static void Prepare(WalWriter wal)
    {
        try
        {
            wal.PrepareSpare();
        }
        catch (IOException exception)
        {
            // A spare saves time and nothing else: without one the next file is made when it is needed, and a
            // device that fails is met, and reported, there.
            Trace.TraceWarning($"no spare log file: {exception.Message}");
        }
    }
}
