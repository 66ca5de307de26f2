using System.Diagnostics;
using Tsdb.Core;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Commits;

/// <summary>The log as the commit thread uses it, shared with the flush thread, which cuts its tail
/// off.</summary>
internal sealed class CommitLog(WalWriter wal, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private long _preparedSizeBytes;
    private Task _preparing = Task.CompletedTask;

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

    /// <summary>
    /// Appends a frame and, if asked, makes it durable; returns its LSN. After a first failure the frame goes
    /// to a
    /// new file, once; the failed file is never trusted again.
    /// </summary>
    /// <exception cref="WalFailedException">That failed as well, or other frames were not synced
    /// yet.</exception>
    public ulong Append(ReadOnlySpan<byte> payload, bool syncs)
    {
        lock (_gate)
        {
            ulong lsn = wal.NextLsn;
            bool isOnlyUnsynced = wal.DurableLsn + 1 == lsn;
            try
            {
                AppendFrame(payload, syncs);
            }
            catch (WalFailedException) when (isOnlyUnsynced && !wal.IsReadOnly)
            {
                wal.ReplaceFailedFile();
                AppendFrame(payload, syncs: true);
            }

            PrepareSpare();
            return lsn;
        }
    }

    /// <summary>Makes all frames durable.</summary>
    public void Sync()
    {
        lock (_gate)
        {
            wal.Sync();
        }
    }

    /// <summary>Lets go of frames that are in segments.</summary>
    public void Truncate(ulong flushedLsn)
    {
        lock (_gate)
        {
            wal.Truncate(Math.Min(flushedLsn, wal.DurableLsn));
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

        preparing.Wait();
    }

    private void AppendFrame(ReadOnlySpan<byte> payload, bool syncs)
    {
        wal.Append(payload, Timestamp.Now(clock).UnixNs);
        if (syncs)
        {
            wal.Sync();
        }
    }

    /// <summary>Each time a file has been taken into use, another one is made in the background.</summary>
    private void PrepareSpare()
    {
        if (wal.LiveSizeBytes != _preparedSizeBytes && _preparing.IsCompleted)
        {
            _preparedSizeBytes = wal.LiveSizeBytes;
            _preparing = Task.Run(() => Prepare(wal));
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
