using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Records;
using Tsdb.Storage.Versions;
using Tsdb.Storage.Working;

namespace Tsdb.Storage.Commits;

/// <summary>
/// The one thread that writes: takes all batches that wait, logs them as one frame, syncs once, applies them
/// to the
/// memtable, acknowledges. So a reader never sees a row that a power cut could take back, and the cost of a
/// sync is
/// shared by all who waited for it.
/// </summary>
#pragma warning disable CA1506 // The one thread that everything written comes together on.
internal sealed class CommitLoop : IWork, IDisposable
#pragma warning restore CA1506
{
    // One frame holds at most about this many rows, so that a sync never waits for more than a few MB.
    private const int GroupRowCountMax = 1 << 16;

    private readonly CatalogStore _catalog;
    private readonly StorageOptions _options;
    private readonly long _memtableSizeBytesMax;
    private readonly CommitLog _log;
    private readonly VersionSet _versions;
    private readonly FlushQueue _flushes;
    private readonly Flusher _flusher;
    private readonly CommitQueue _queue;
    private readonly IWorkHost _host;
    private readonly IWorker _worker;
    private readonly ByteSlab _definitions = new();
    private readonly List<PendingCommit> _group = [];
    private readonly CommandCommit _commands;
#pragma warning disable CA2213 // Its versions own it: the last one to let go frees it.
    private Memtable _active;
#pragma warning restore CA2213
    private ByteChain _unflushedDefinitions;
    private readonly RecoveredState _recovered;
    private readonly LogHealing _healing;
    private readonly MemtableRoom _room;
    private readonly BatchCommit _batches;
    private bool _isReplayed;

    public CommitLoop(
        CatalogStore catalog,
        StorageOptions options,
        CommitLog log,
        VersionSet versions,
        FlushQueue flushes,
        Flusher flusher,
        BatchCommit batches,
        CommandCommit commands,
        RecoveredState recovered,
        IWorkHost host)
    {
        _catalog = catalog;
        _options = options;
        _memtableSizeBytesMax = options.GetMemtableSizeBytes();
        _log = log;
        _versions = versions;
        _flushes = flushes;
        _flusher = flusher;
        _batches = batches;
        _recovered = recovered;
        _host = host;
        _active = recovered.Memtable;
        _unflushedDefinitions = recovered.UnflushedDefinitions;
        _commands = commands;
        _queue = new CommitQueue(options.CommitQueueCountMax);
        PendingCommit tryMarker = new(catalog, options, host.CompletionOptions) { IsTryMarker = true };
        _healing = new LogHealing(
            log.Clock, options.FaultRetryInterval, () => _queue.TryEnqueue(tryMarker));
        _room = new MemtableRoom(recovered.Slabs, flushes, options);
        PendingCommit roomMarker = new(catalog, options, host.CompletionOptions) { IsRoomMarker = true };
        _room.OfferToOthers(() => _queue.TryEnqueue(roomMarker));
        _worker = host.Start(this);
    }

    /// <summary>Why nothing can be logged at the moment, if so.</summary>
    public StorageClosedException? Failure => _healing.Failure;

    public string Name => "tsdb-commit";

    public bool IsBehindOthers => false;

    /// <summary>A place for one batch.</summary>
    public PendingCommit CreatePending() => new(_catalog, _options, _host.CompletionOptions);

    /// <summary>Queues a resolved batch; waits while the queue is full.</summary>
    public ValueTask EnqueueAsync(PendingCommit commit, CancellationToken cancellationToken) =>
        _queue.EnqueueAsync(commit, cancellationToken);

    /// <summary>Lets the memtable be flushed after what is queued now; completes when its segments are
    /// durable.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        PendingCommit marker = new(_catalog, _options, _host.CompletionOptions) { IsFlushMarker = true };
        await EnqueueAsync(marker, cancellationToken).ConfigureAwait(false);
        await _host.WhenDone(marker.Completion.WaitAsync(cancellationToken)).ConfigureAwait(false);
        await _host.WhenDone(_flushes.WhenDoneAsync(cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Carries out a command after the batches queued before it.</summary>
    public async Task<CommandOutcome> ExecuteAsync(Command command, CancellationToken cancellationToken)
    {
        await _recovered.WaitAsync(cancellationToken).ConfigureAwait(false);
        PendingCommit commit = new(_catalog, _options, _host.CompletionOptions) { Command = command };
        await EnqueueAsync(commit, cancellationToken).ConfigureAwait(false);
        await _host.WhenDone(commit.Completion).ConfigureAwait(false);
        return commit.Outcome!;
    }

    /// <summary>Commits what is queued and stops. Later writes are refused.</summary>
    public void Dispose()
    {
        _recovered.Cancel();
        _room.Close();
        _queue.Complete();
        _worker.Join();
        _batches.Dispose();
        _healing.Dispose();
    }

    /// <summary>First the rows of the log come back; then each step commits one group.</summary>
    public WorkState RunOnce()
    {
        if (!_isReplayed)
        {
            _log.KeepsFiles = true;
            _recovered.RunReplay(_catalog, GetMemtableForReplay);
            _log.KeepsFiles = false;
            _isReplayed = true;
            return WorkState.Busy;
        }

        _group.Clear();
        int rowCount = 0;
        bool flushes = false;
        bool isLast = false;
        bool isIdle = true;
        while (rowCount < GroupRowCountMax && !isLast && _queue.TryTake(out PendingCommit? commit))
        {
            isIdle = false;
            if (commit.IsTryMarker)
            {
                TryLogAgain();
                continue;
            }

            if (commit.IsRoomMarker)
            {
                GiveRoom();
                continue;
            }

            _group.Add(commit);
            rowCount += commit.Batch.RowCount;
            flushes = commit.IsFlushMarker;

            // What follows a command comes after it in the log too.
            isLast = flushes || commit.Command is not null;
        }

        if (_group.Count > 0)
        {
            Commit(rowCount, flushes);
        }

        return !isIdle ? WorkState.Busy : _queue.IsComplete ? WorkState.Done : WorkState.Idle;
    }

    public void WaitForWork() => _queue.Wait();

    /// <summary>Nothing of the group is stored unless all of it is; who waits is told in either
    /// case.</summary>
    private void Commit(int rowCount, bool flushes)
    {
        StorageClosedException? refusal =
            _recovered.Failure ?? Failure ?? MakeRoom(rowCount) ?? LogGroup(rowCount);
        if (refusal is null && (flushes || IsFull))
        {
            // A flush that cannot begin is not the senders' misfortune: their rows are logged.
            StorageClosedException? failure = Rotate();
            refusal = flushes ? failure : null;
        }

        foreach (PendingCommit commit in _group)
        {
            if (refusal is null)
            {
                commit.Complete();
            }
            else
            {
                commit.Fail(refusal);
            }
        }
    }

    private Memtable? GetMemtableForReplay() =>
        _active.SizeBytes <= _memtableSizeBytesMax || Rotate() is null ? _active : null;

    /// <summary>Only when neither of two full memtables can be flushed there is no memory for a
    /// group.</summary>
    private StorageClosedException? MakeRoom(int rowCount) =>
        (rowCount > 0 && IsFull ? Rotate() : null)
            ?? (_group[^1].MayRotate ? _flushes.WaitForRoom() : null)
            ?? (rowCount > 0 ? _room.Make() : null);

    private void GiveRoom()
    {
        if (_recovered.Failure is null && Failure is null)
        {
            // A flush that cannot begin is tried again when it is asked for again.
            _ = Rotate();
        }

        _room.NoteGiven();
    }

    private CommandOutcome Run(Command command)
    {
        Memtable full = _active;
        try
        {
            return _commands.Run(command, ref _active, _definitions, _unflushedDefinitions);
        }
        finally
        {
            // Also where the log took only part of the command: the next memtable's flush would have it
            // forget the rows of this one.
            if (_active != full)
            {
                Flush(full);
            }
        }
    }

    private StorageClosedException? LogGroup(int rowCount)
    {
        try
        {
            _batches.Run(_group, rowCount, _active, _definitions, _unflushedDefinitions);
            if (_group[^1].Command is { } command)
            {
                _group[^1].Outcome = Run(command);
            }

            return null;
        }
        catch (Exception failure) when (LogHealing.IsOfDevice(failure))
        {
            return _healing.Fail(failure);
        }
        catch (StorageClosedException refusal)
        {
            return refusal;
        }
    }

    private void TryLogAgain()
    {
        if (Failure is null)
        {
            return;
        }

        try
        {
            _log.Heal();
            _healing.Succeed();
        }
        catch (Exception failure) when (LogHealing.IsOfDevice(failure))
        {
            _healing.Fail(failure);
        }
    }

    private bool IsFull =>
        _active.IsFull(_memtableSizeBytesMax)
            || _active.CellCount > _options.MemtableCellCountMax
            || _log.LiveSizeBytes > _options.WalSizeBytesMax;

    /// <summary>
    /// Hands the memtable to the flush thread, waiting while that has two: memory for two is all there is.
    /// Gives the reason when it cannot.
    /// </summary>
    private StorageClosedException? Rotate()
    {
        if (_active.RowCount == 0 && _unflushedDefinitions.SizeBytes == 0)
        {
            return null;
        }

        if (_flushes.WaitForRoom() is { } refusal)
        {
            return refusal;
        }

        try
        {
            // Segments must not hold what the log could lose: the manifest counts on the log's order.
            _log.Sync();
        }
        catch (Exception failure) when (LogHealing.IsOfDevice(failure))
        {
            return _healing.Fail(failure);
        }

        Memtable full = _active;
        _active = _active.CreateNext();
        _versions.Rotate(_active);
        Flush(full);
        return null;
    }

    private void Flush(Memtable full)
    {
        _catalog.DrainStreams(_unflushedDefinitions);
        FlushJob job = new(full, _unflushedDefinitions);
        _unflushedDefinitions = new ByteChain();
        _flushes.Enqueue(() => _flusher.Flush(job));
    }
}
