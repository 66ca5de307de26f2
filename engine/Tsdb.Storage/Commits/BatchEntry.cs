using System.Collections.Concurrent;
using Tsdb.Core;
using Tsdb.Storage.Recovery;

namespace Tsdb.Storage.Commits;

/// <summary>The way of batches to the commit thread: resolved on their sender's thread, in pooled
/// memory.</summary>
/// <remarks>Thread safe.</remarks>
internal sealed class BatchEntry(StorageOptions options, CommitLoop commits, LogReplay replay)
{
    // Ids and types of what the batch itself spells out, and times and cells of rows put in another order.
    private const int ResolvedRowSizeBytes = 32;

    private readonly ConcurrentBag<PendingCommit> _idle = [];
    private readonly BatchesInFlight _inFlight =
        new(options.Memory?.Ingest, options.GetBatchesSizeBytesMax());

    /// <summary>Bytes of the batches between their sender and the log.</summary>
    public long InFlightSizeBytes => _inFlight.SizeBytes;

    /// <summary>Waits until there are none.</summary>
    public ValueTask WaitUntilEmptyAsync(CancellationToken cancellationToken) =>
        _inFlight.WaitUntilEmptyAsync(cancellationToken);

    /// <summary>The inner task completes with the rows stored.</summary>
    public async ValueTask<Task<long>> EnqueueAsync(
        SampleBatch batch, Durability durability, RejectLog rejects, CancellationToken cancellationToken)
    {
        await replay.WaitAsync(cancellationToken).ConfigureAwait(false);
        long sizeBytes = batch.CapacityBytes + ((long)ResolvedRowSizeBytes * batch.RowCount);
        await _inFlight.EnterAsync(sizeBytes, cancellationToken).ConfigureAwait(false);
        try
        {
            return await ResolveAsync(batch, sizeBytes, durability, rejects, cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            _inFlight.Leave(sizeBytes);
            throw;
        }
    }

    private async ValueTask<Task<long>> ResolveAsync(
        SampleBatch batch,
        long sizeBytes,
        Durability durability,
        RejectLog rejects,
        CancellationToken cancellationToken)
    {
        PendingCommit commit = _idle.TryTake(out PendingCommit? idle)
            ? idle
            : commits.CreatePending();
        commit.Resolver.Resolve(batch, commit.Batch, rejects);
        commit.Start(durability);
        await commits.EnqueueAsync(commit, cancellationToken).ConfigureAwait(false);
        return CompleteAsync(commit, sizeBytes);
    }

    private async Task<long> CompleteAsync(PendingCommit commit, long sizeBytes)
    {
        try
        {
            long rowCount = await commit.Completion.ConfigureAwait(false);
            _idle.Add(commit);
            return rowCount;
        }
        finally
        {
            _inFlight.Leave(sizeBytes);
        }
    }
}
