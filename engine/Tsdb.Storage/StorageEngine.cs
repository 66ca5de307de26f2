using System.Collections.Concurrent;
using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Recovery;

namespace Tsdb.Storage;

/// <summary>
/// One database's storage: takes batches, makes them durable, keeps them in order, and lets queries read. The
/// whole
/// surface of this project.
/// </summary>
/// <remarks>Thread safe.</remarks>
public sealed class StorageEngine : ICommandTarget, IAsyncDisposable
{
    private readonly OpenedStorage _parts;
    private readonly StorageOptions _options;
    private readonly CommitLoop _commits;
    private readonly CommitMetrics _metrics = new();
    private readonly ConcurrentBag<PendingCommit> _idle = [];
    private int _isClosed;

    private StorageEngine(OpenedStorage parts, StorageOptions options)
    {
        _parts = parts;
        _options = options;
        Catalog = new Catalog(parts.Catalog);
        _commits = parts.StartCommits(options, _metrics);
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
    public static StorageEngine Open(IStorageDevice device, StorageOptions options, TimeProvider clock)
    {
        options.Validate();
        return new StorageEngine(StorageOpening.Open(device, options, clock), options);
    }

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
    public async ValueTask<Task<long>> EnqueueAsync(
        SampleBatch batch, Durability durability, RejectLog rejects, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        PendingCommit commit = _idle.TryTake(out PendingCommit? idle)
            ? idle
            : new PendingCommit(_parts.Catalog, _options);
        commit.Resolver.Resolve(batch, commit.Batch, rejects);
        commit.Start(durability);
        await _commits.EnqueueAsync(commit, cancellationToken).ConfigureAwait(false);
        return CompleteAsync(commit);
    }

    /// <summary>As <see cref="EnqueueAsync"/>, and waits for the commit.</summary>
    public async Task<long> AppendAsync(
        SampleBatch batch, Durability durability, RejectLog rejects, CancellationToken cancellationToken) =>
        await (await EnqueueAsync(batch, durability, rejects, cancellationToken).ConfigureAwait(false))
            .ConfigureAwait(false);

    /// <inheritdoc />
    /// <exception cref="StorageClosedException">No writes are taken, for the reason given.</exception>
    public Task<CommandOutcome> ExecuteAsync(Command command, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        return _commits.ExecuteAsync(command, cancellationToken);
    }

    /// <summary>What is there now, for reading. The caller disposes it.</summary>
    public StorageSnapshot OpenSnapshot() => new(_parts.Versions.Acquire(), Catalog);

    /// <summary>Writes all that is committed to segments; completes when they are durable.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        return _commits.FlushAsync(
            new PendingCommit(_parts.Catalog, _options) { IsFlushMarker = true }, cancellationToken);
    }

    /// <summary>
    /// Flushes, then merges segments until none overlap; completes when that is done or has failed, as the
    /// statistics say.
    /// </summary>
    public async Task CompactAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        await _parts.Compactions.CompactAsync(cancellationToken).ConfigureAwait(false);
    }

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

        try
        {
            await _commits.FlushAsync(
                new PendingCommit(_parts.Catalog, _options) { IsFlushMarker = true },
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (StorageClosedException)
        {
            // Read-only after a failure: what was acknowledged is in the log, and is recovered at the next
            // start.
        }

        _commits.Dispose();
        _parts.Dispose();
    }

    private async Task<long> CompleteAsync(PendingCommit commit)
    {
        long rowCount = await commit.Completion.ConfigureAwait(false);
        _idle.Add(commit);
        return rowCount;
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
}
