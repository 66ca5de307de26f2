using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Versions;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Commits;

/// <summary>
/// The one thread that writes: takes all batches that wait, logs them as one frame, syncs once, applies them
/// to the
/// memtable, acknowledges. So a reader never sees a row that a power cut could take back, and the cost of a
/// sync is
/// shared by all who waited for it.
/// </summary>
internal sealed class CommitLoop : IDisposable
{
    // One frame holds at most about this many rows, so that a sync never waits for more than a few MB.
    private const int GroupRowCountMax = 1 << 16;

    private readonly CatalogStore _catalog;
    private readonly StorageOptions _options;
    private readonly CommitLog _log;
    private readonly VersionSet _versions;
    private readonly FlushQueue _flushes;
    private readonly Flusher _flusher;
    private readonly CommitMetrics _metrics;
    private readonly CommitQueue _queue;
    private readonly Thread _thread;
    private readonly FrameWriter _frame = new();
    private readonly ByteSlab _definitions = new();
    private readonly List<PendingCommit> _group = [];
    private readonly CommandCommit _commands;
#pragma warning disable CA2213 // Its versions own it: the last one to let go frees it.
    private Memtable _active;
#pragma warning restore CA2213
    private ByteSlab _unflushedDefinitions;
    private StorageClosedException? _failure;

    public CommitLoop(
        CatalogStore catalog,
        StorageOptions options,
        CommitLog log,
        VersionSet versions,
        FlushQueue flushes,
        Flusher flusher,
        CommitMetrics metrics,
        RecoveredState recovered)
    {
        _catalog = catalog;
        _options = options;
        _log = log;
        _versions = versions;
        _flushes = flushes;
        _flusher = flusher;
        _metrics = metrics;
        _active = recovered.Memtable;
        _unflushedDefinitions = recovered.UnflushedDefinitions;
        _commands = new CommandCommit(catalog, options, log);
        _queue = new CommitQueue(options.CommitQueueCountMax);
        _thread = new Thread(Run) { IsBackground = true, Name = "tsdb-commit" };
        _thread.Start();
    }

    /// <summary>The failure that made the database read-only, if any.</summary>
    public StorageClosedException? Failure => Volatile.Read(ref _failure);

    /// <summary>Queues a resolved batch; waits while the queue is full.</summary>
    public ValueTask EnqueueAsync(PendingCommit commit, CancellationToken cancellationToken) =>
        _queue.EnqueueAsync(commit, cancellationToken);

    /// <summary>Lets the memtable be flushed after what is queued now; completes when its segments are
    /// durable.</summary>
    public async Task FlushAsync(PendingCommit marker, CancellationToken cancellationToken)
    {
        Invariant.Holds(marker.Batch.RowCount == 0);
        await EnqueueAsync(marker, cancellationToken).ConfigureAwait(false);
        await marker.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _flushes.WhenDoneAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Carries out a command after the batches queued before it.</summary>
    public async Task<CommandOutcome> ExecuteAsync(Command command, CancellationToken cancellationToken)
    {
        PendingCommit commit = new(_catalog, _options) { Command = command };
        await EnqueueAsync(commit, cancellationToken).ConfigureAwait(false);
        await commit.Completion.ConfigureAwait(false);
        return commit.Outcome!;
    }

    /// <summary>Commits what is queued and stops. Later writes are refused.</summary>
    public void Dispose()
    {
        _queue.Complete();
        _thread.Join();
    }

    private void Run()
    {
        while (_queue.Wait())
        {
            _group.Clear();
            int rowCount = 0;
            bool flushes = false;
            bool isLast = false;
            while (rowCount < GroupRowCountMax && !isLast && _queue.TryTake(out PendingCommit? commit))
            {
                _group.Add(commit);
                rowCount += commit.Batch.RowCount;
                flushes = commit.IsFlushMarker;

                // What follows a command comes after it in the log too.
                isLast = flushes || commit.Command is not null;
            }

            Commit(rowCount, flushes);
        }
    }

    private void Commit(int rowCount, bool flushes)
    {
        try
        {
            StorageClosedException? failure = Failure;
            if (failure is not null)
            {
                throw failure;
            }

            CommitGroup(rowCount);
            if (_group[^1].Command is { } command)
            {
                _group[^1].Outcome = _commands.Run(command, _unflushedDefinitions);
            }

            if (flushes
                || _active.SizeBytes > _options.MemtableSizeBytesMax
                || _log.LiveSizeBytes > _options.WalSizeBytesMax)
            {
                Rotate();
            }
        }
        catch (Exception exception) when (exception is StorageDeviceException or WalFailedException)
        {
            Volatile.Write(
                ref _failure, new StorageClosedException("the write-ahead log failed; read-only", exception));
            FailGroup(_failure!);
            return;
        }
        catch (StorageClosedException exception)
        {
            FailGroup(exception);
            return;
        }

        foreach (PendingCommit commit in _group)
        {
            commit.Complete();
        }
    }

    private void CommitGroup(int rowCount)
    {
        _definitions.Clear();
        _catalog.DrainDefinitions(_definitions);
        if (rowCount == 0 && _definitions.SizeBytes == 0)
        {
            return;
        }

        _frame.Clear();
        _frame.AddDefinitions(_definitions.Span);
        bool syncs = false;
        foreach (PendingCommit commit in _group)
        {
            _frame.AddRows(commit.Batch);
            syncs |= commit.Durability == Durability.Fsync;
        }

        _metrics.StartCommit();
        ulong lsn = _log.Append(_frame.Payload.Span, syncs);
        _metrics.NoteCommit(_group.Count, rowCount, _frame.Payload.SizeBytes);
        _unflushedDefinitions.Append(_definitions.Span);
        foreach (PendingCommit commit in _group)
        {
            if (commit.Batch.RowCount > 0)
            {
                _active.Append(commit.Batch, lsn);
            }
        }
    }

    private void Rotate()
    {
        if (_active.RowCount == 0 && _unflushedDefinitions.SizeBytes == 0)
        {
            return;
        }

        // Segments must not hold what the log could lose: the manifest counts on the log's order.
        _log.Sync();
        Memtable full = _active;
        _active = new Memtable(_catalog.ShardCount);
        _versions.Rotate(_active);

        // Waits while the flush before is not done: memory for two memtables is all there is.
        FlushJob job = new(full, _unflushedDefinitions);
        _flushes.Enqueue(() => _flusher.Flush(job));
        _unflushedDefinitions = new ByteSlab();
    }

    private void FailGroup(StorageClosedException reason)
    {
        foreach (PendingCommit commit in _group)
        {
            commit.Fail(reason);
        }
    }
}
