using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Wal;
using Tsdb.Storage.Working;

namespace Tsdb.Storage.Recovery;

/// <summary>
/// Brings back the rows of the log while the database already answers what they cannot change. The log's
/// definitions and damage are known before this begins (<see cref="LogRecovery"/>).
/// </summary>
/// <remarks>Run by the commit thread; the rest is for any.</remarks>
#pragma warning disable CA1506 // Log, catalogue, memtable and progress meet here.
internal sealed class LogReplay(
    IStorageDevice device,
    WalOptions wal,
    WalFileSet files,
    StorageOptions options,
    TimeProvider clock,
    IWorkHost host)
#pragma warning restore CA1506
{
    private static readonly TimeSpan _retryAfterMax = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RetryPause _pause = new(clock, options.FaultRetryInterval, host);
    private readonly BulkAppend _bulk = new();
    private readonly long _startStamp = clock.GetTimestamp();
    private StorageClosedException? _failure;
    private ulong _replayedLsn;
    private long _replayedSizeBytes;
    private long _replayedRowCount;

    /// <summary>What is still missing.</summary>
    public UnreplayedRows Rows { get; } = new();

    /// <summary>The highest LSN that is flushed to segments: the rows above it are replayed.</summary>
    public required ulong AfterLsn { get; init; }

    /// <summary>The highest LSN that the manifest knows to be durable.</summary>
    public required ulong KnownDurableLsn { get; init; }

    /// <summary>Frames that were durable and are gone; only where an operator said to go on.</summary>
    public IReadOnlyList<WalLostRange> LostRanges { get; set; } = [];

    /// <summary>The last frame of the log that was found at the start.</summary>
    public ulong LastLsn { get; set; }

    /// <summary>Why the rows do not come back, as far as is known.</summary>
    public StorageClosedException? Failure => Volatile.Read(ref _failure);

    /// <summary>How far it is; null when it is done.</summary>
    public ReplayProgress? Progress
    {
        get
        {
            if (_completion.Task.IsCompletedSuccessfully)
            {
                return null;
            }

            long doneBytes = Volatile.Read(ref _replayedSizeBytes);
            TimeSpan? remaining = doneBytes == 0
                ? null
                : clock.GetElapsedTime(_startStamp) * ((double)(Rows.SizeBytes - doneBytes) / doneBytes);
            return new ReplayProgress(
                doneBytes, Rows.SizeBytes, Volatile.Read(ref _replayedRowCount), Rows.RowCount, remaining);
        }
    }

    /// <summary>Waits until all rows are back, but not for ever.</summary>
    /// <exception cref="StorageClosedException">They are not, or cannot be brought back.</exception>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (_completion.Task.IsCompletedSuccessfully)
        {
            return;
        }

        try
        {
            await _completion.Task
                .WaitAsync(options.ReplayWaitMax, clock, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw Refuse();
        }
    }

    /// <summary>Waits until all rows are back.</summary>
    /// <exception cref="IOException">They cannot be brought back.</exception>
    public void WaitUntilDone()
    {
        try
        {
            host.WhenDone(_completion.Task).GetAwaiter().GetResult();
        }
        catch (StorageClosedException failure) when (failure.InnerException is IOException)
        {
            throw failure.InnerException;
        }
    }

    /// <summary>What a reader that begins now would not see; null when it would see all.</summary>
    public MissingRows? FindMissing() => Progress is null ? null : new MissingRows(this, Rows.FirstPart);

    /// <summary>What whoever needs unreplayed rows is told.</summary>
    public StorageClosedException Refuse()
    {
        ReplayProgress progress = Progress ?? new ReplayProgress(0, 0, 0, 0, null);
        TimeSpan wait = progress.Remaining ?? TimeSpan.FromSeconds(1);
        string state = Failure is { } failure ? $": {failure.Message}" : "";
        return new StorageClosedException(
            $"the log is being replayed, {progress.ReplayedSizeBytes} of {progress.SizeBytes} bytes are "
            + $"back{state}")
        {
            Refusal = StorageRefusal.Replaying,
            RetryAfter = wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1)
                : wait > _retryAfterMax ? _retryAfterMax : wait,
        };
    }

    /// <summary>Replays; true when all rows are back, false when the database closes or the log has turned
    /// out damaged.</summary>
    /// <param name="catalog">Knows all that the rows name.</param>
    /// <param name="getMemtable">Called before each group of frames; null while memory is full.</param>
    public bool Run(CatalogStore catalog, Func<Memtable?> getMemtable)
    {
        FrameReader reader = new(catalog);
        _replayedLsn = AfterLsn;
        while (!TryRunOnce(reader, getMemtable))
        {
            bool isPassing = options.ReplaysInBackground && Failure?.Refusal == StorageRefusal.Replaying;
            if (!isPassing || !_pause.Wait())
            {
                _completion.TrySetException(Failure ?? new StorageClosedException("the database is closed"));
                return false;
            }
        }

        Volatile.Write(ref _failure, null);
        Rows.Advance(ulong.MaxValue);
        _completion.TrySetResult();
        return true;
    }

    /// <summary>Stops between two groups of frames.</summary>
    public void Cancel() => _pause.Cancel();

    private bool TryRunOnce(FrameReader reader, Func<Memtable?> getMemtable)
    {
        if (Rows.SizeBytes == 0)
        {
            return true;
        }

        try
        {
            using FrameDecoding decoding = new(
                reader,
                Walk,
                wal.Directory,
                Rows.Tombstones.LastLsn,
                LastLsn,
                options.GetMemtableSizeBytes(),
                host);
            while (decoding.Take() is { } frames)
            {
                Apply(frames, getMemtable);
                decoding.Return(frames);
            }

            Invariant.Holds(_replayedLsn >= LastLsn);
            return true;
        }
        catch (OperationCanceledException)
        {
            Volatile.Write(ref _failure, new StorageClosedException("the database is closed"));
            return false;
        }
        catch (StorageDeviceException failure)
        {
            // What is back stays back: the next try begins behind it.
            Volatile.Write(ref _failure, new StorageClosedException(failure.Message, failure)
            {
                Refusal = StorageRefusal.Replaying,
                RetryAfter = options.FaultRetryInterval,
            });
            return false;
        }
        catch (IOException failure)
        {
            Volatile.Write(ref _failure, new StorageClosedException(failure.Message, failure)
            {
                Refusal = StorageRefusal.LogDamaged,
            });
            return false;
        }
    }

    private void Walk(WalFrameHandler handler) =>
        WalReader.Replay(device, wal, files, _replayedLsn, KnownDurableLsn, handler);

    private void Apply(DecodedFrames frames, Func<Memtable?> getMemtable)
    {
        Memtable? memtable;
        while ((memtable = getMemtable()) is null)
        {
            if (!_pause.Wait())
            {
                throw new OperationCanceledException();
            }
        }

        long rowCount = 0;
        memtable.NoteFrames(frames.FirstLsn, frames.LastLsn);
        for (int i = 0; i < frames.BatchCount; i++)
        {
            ResolvedBatch rows = frames.GetBatch(i);
            rowCount += rows.RowCount;

            // Where a delete may mean any, there is no other frame among these.
            memtable.Append(Rows.WithoutDeleted(rows, frames.FirstLsn), _bulk);
        }

        _replayedLsn = frames.LastLsn;
        Volatile.Write(ref _replayedSizeBytes, _replayedSizeBytes + frames.SizeBytes);
        Volatile.Write(ref _replayedRowCount, _replayedRowCount + rowCount);
        Rows.Advance(frames.LastLsn);
        host.Yield();
        if (_pause.IsCancelled)
        {
            throw new OperationCanceledException();
        }
    }
}
