using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Recovery;
using Tsdb.Storage.Working;

namespace Tsdb.Storage;

/// <summary>
/// One database's storage: takes batches, makes them durable, keeps them in order, and lets queries read. The
/// whole
/// surface of this project.
/// </summary>
/// <remarks>Thread safe.</remarks>
#pragma warning disable CA1506 // The whole surface.
public sealed class StorageEngine : ICommandTarget, IAsyncDisposable
#pragma warning restore CA1506
{
    private readonly OpenedStorage _parts;
    private readonly BatchEntry _entry;
    private readonly CommitLoop _commits;
    private readonly CommitMetrics _metrics = new();
    private readonly long _preparedSizeBytes;
    private int _isClosed;

    private StorageEngine(OpenedStorage parts, StorageOptions options)
    {
        _parts = parts;
        Catalog = new Catalog(parts.Catalog);
        _preparedSizeBytes = options.GetPreparedSizeBytes();
        _commits = parts.StartCommits(options, _metrics);
        _entry = new BatchEntry(options, _commits, parts.Recovered.Replay);
    }

    /// <summary>What it is made of.</summary>
    internal OpenedStorage Parts => _parts;

    /// <summary>Tables, columns, series.</summary>
    public Catalog Catalog { get; }

    /// <summary>Opens a database and recovers it; makes a new one where there is none.</summary>
    /// <param name="device">The database's directory. Stays the caller's, who disposes it after the
    /// engine.</param>
    /// <param name="options">Sizes and limits. <see cref="StorageOptions.ShardCount"/> counts at creation
    /// only.</param>
    /// <param name="clock">The time of commits.</param>
    /// <exception cref="IOException">A file is damaged or cannot be read; the exception says which and
    /// where.</exception>
    public static StorageEngine Open(IStorageDevice device, StorageOptions options, TimeProvider clock) =>
        Open(device, options, clock, ThreadWorkHost.Instance);

    /// <summary>As the other, with workers that the host runs.</summary>
    internal static StorageEngine Open(
        IStorageDevice device, StorageOptions options, TimeProvider clock, IWorkHost host)
    {
        options.Validate();
        OpenedStorage parts = StorageOpening.Open(device, options, clock, host);
        StorageEngine storage = new(parts, options);
        if (!options.ReplaysInBackground)
        {
            storage.WaitForReplay();
        }

        return storage;
    }

    /// <summary>How far the replay of the log is; null when it is done.</summary>
    public ReplayProgress? Replay => _parts.Recovered.Replay.Progress;

    /// <summary>Waits until all rows of the log are back.</summary>
    /// <exception cref="StorageClosedException">They are not within
    /// <see cref="StorageOptions.ReplayWaitMax"/>, or cannot be brought back.</exception>
    public Task WaitForReplayAsync(CancellationToken cancellationToken) =>
        _parts.Recovered.Replay.WaitAsync(cancellationToken).AsTask();

    /// <summary>
    /// Resolves a batch, on the caller's thread, and queues it; the task it gives completes with the number
    /// of rows
    /// stored once they are as durable as asked.
    /// </summary>
    /// <param name="batch">Its key text may go when this returns; the rest is left alone until the inner task
    /// has
    /// completed.</param>
    /// <param name="durability">What the inner task's completion is to promise.</param>
    /// <param name="rejects">Gets the rows that do not fit; the others are stored.</param>
    /// <param name="cancellationToken">Gives up waiting for room in the queue; nothing is stored
    /// then.</param>
    /// <exception cref="StorageClosedException">No writes are taken, for the reason given.</exception>
    public ValueTask<Task<long>> EnqueueAsync(
        SampleBatch batch, Durability durability, RejectLog rejects, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        ThrowIfFull();
        return _entry.EnqueueAsync(batch, durability, rejects, cancellationToken);
    }

    /// <summary>Bytes of the batches that are queued or being committed.</summary>
    public long BatchesSizeBytes => _entry.InFlightSizeBytes;

    /// <summary>Waits until no batch is queued or being committed.</summary>
    public ValueTask WaitForBatchesAsync(CancellationToken cancellationToken) =>
        _entry.WaitUntilEmptyAsync(cancellationToken);

    /// <summary>As <see cref="EnqueueAsync"/>, and waits for the commit.</summary>
    public async Task<long> AppendAsync(
        SampleBatch batch, Durability durability, RejectLog rejects, CancellationToken cancellationToken) =>
        await (await EnqueueAsync(batch, durability, rejects, cancellationToken).ConfigureAwait(false))
            .ConfigureAwait(false);

    /// <inheritdoc />
    /// <exception cref="StorageClosedException">No writes are taken, for the reason given.</exception>
    public async Task<CommandOutcome> ExecuteAsync(Command command, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        CommandOutcome outcome =
            await _commits.ExecuteAsync(command, cancellationToken).ConfigureAwait(false);
        if (command is CreateRollup or DropRollup)
        {
            _parts.Rollups.Wake();
        }

        return outcome;
    }

    /// <summary>Has memory ready for the first rows: an eighth of a memtable, at most 64 MB.</summary>
    public void PrepareMemory() => _parts.Recovered.Slabs.Prepare(_preparedSizeBytes);

    /// <summary>What is there now, for reading. The caller disposes it.</summary>
    public StorageSnapshot OpenSnapshot() => _parts.OpenSnapshot(Catalog);

    /// <summary>Writes all that is committed to segments; completes when they are durable.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        return _commits.FlushAsync(cancellationToken);
    }

    /// <summary>
    /// Flushes, then merges segments until none overlap; completes when that is done or has failed, as the
    /// statistics say.
    /// </summary>
    public async Task CompactAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        await _parts.Host.WhenDone(_parts.Compactions.CompactAsync(cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>
    /// Flushes, then builds all rollup buckets that are settled; completes when that is done or has been
    /// tried.
    /// </summary>
    public async Task BuildRollupsAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        await _parts.Rollups.BuildAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads all segments now and verifies every checksum, at no bounded rate; completes when that is done.
    /// What it finds the faults and statistics say.
    /// </summary>
    public Task ScrubAsync(CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        return _parts.Host.WhenDone(_parts.Scrubs.ScrubAsync(cancellationToken));
    }

    /// <summary>What is wrong at the moment, or was lost at the start; empty when nothing is.</summary>
    public IReadOnlyList<StorageFault> GetFaults() => FaultReader.Read(_parts, _commits.Failure);

    /// <summary>Counters and sizes. O(segments).</summary>
    public StorageStatistics GetStatistics() =>
        StatisticsReader.Read(_parts, Catalog, _metrics, _commits.Failure?.Message);

    /// <summary>Commits what is queued, flushes it, closes the files. Snapshots still open keep what they
    /// need.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return;
        }

        _parts.Recovered.Replay.Cancel();
        try
        {
            await _commits.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (StorageClosedException)
        {
            // Read-only after a failure: what was acknowledged is in the log, and is recovered at the next
            // start.
        }

        _commits.Dispose();
        _parts.Dispose();
    }

    private void WaitForReplay()
    {
        try
        {
            _parts.Recovered.Replay.WaitUntilDone();
        }
        catch
        {
            _isClosed = 1;
            _commits.Dispose();
            _parts.Dispose();
            throw;
        }
    }

    private void ThrowIfClosed()
    {
        if (Volatile.Read(ref _isClosed) != 0)
        {
            throw new StorageClosedException("the database is closed");
        }

        StorageClosedException? failure = _commits.Failure;
        if (failure is not null)
        {
            throw failure;
        }
    }

    private void ThrowIfFull()
    {
        if (_parts.Space.Refusal is { } reason)
        {
            throw new StorageClosedException(reason)
            {
                Refusal = StorageRefusal.DiskFull,
                RetryAfter = _parts.Space.Interval,
            };
        }
    }
}
