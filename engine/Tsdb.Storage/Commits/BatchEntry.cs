using System.Collections.Concurrent;
using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Recovery;

namespace Tsdb.Storage.Commits;

/// <summary>The way of batches to the commit thread: resolved on their sender's thread, in pooled
/// memory.</summary>
/// <remarks>Thread safe.</remarks>
internal sealed class BatchEntry(
    CatalogStore catalog, StorageOptions options, CommitLoop commits, LogReplay replay)
{
    private readonly ConcurrentBag<PendingCommit> _idle = [];

    /// <summary>The inner task completes with the rows stored.</summary>
    public async ValueTask<Task<long>> EnqueueAsync(
        SampleBatch batch, Durability durability, RejectLog rejects, CancellationToken cancellationToken)
    {
        await replay.WaitAsync(cancellationToken).ConfigureAwait(false);
        PendingCommit commit = _idle.TryTake(out PendingCommit? idle)
            ? idle
            : new PendingCommit(catalog, options);
        commit.Resolver.Resolve(batch, commit.Batch, rejects);
        commit.Start(durability);
        await commits.EnqueueAsync(commit, cancellationToken).ConfigureAwait(false);
        return CompleteAsync(commit);
    }

    private async Task<long> CompleteAsync(PendingCommit commit)
    {
        long rowCount = await commit.Completion.ConfigureAwait(false);
        _idle.Add(commit);
        return rowCount;
    }
}
