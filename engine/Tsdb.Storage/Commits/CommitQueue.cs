using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Tsdb.Storage.Commits;

/// <summary>
/// The batches that wait for the commit thread: at most so many, then their senders wait too.
/// </summary>
internal sealed class CommitQueue
{
    private readonly Channel<PendingCommit> _commits;

    public CommitQueue(int countMax) => _commits = Channel.CreateBounded<PendingCommit>(
        new BoundedChannelOptions(countMax) { SingleReader = true });

    /// <summary>Queues a batch; waits while the queue is full.</summary>
    /// <exception cref="StorageClosedException">The commit thread has stopped.</exception>
    public async ValueTask EnqueueAsync(PendingCommit commit, CancellationToken cancellationToken)
    {
        while (!_commits.Writer.TryWrite(commit))
        {
            if (!await _commits.Writer.WaitToWriteAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new StorageClosedException("the database is closed");
            }
        }
    }

    /// <summary>Queues a batch unless the queue is full or takes no more.</summary>
    public bool TryEnqueue(PendingCommit commit) => _commits.Writer.TryWrite(commit);

    /// <summary>Waits until there is a batch or none will come.</summary>
    public void Wait() => _commits.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Takes the next batch if there is one.</summary>
    public bool TryTake([NotNullWhen(true)] out PendingCommit? commit) => _commits.Reader.TryRead(out commit);

    /// <summary>Whether all were taken and no more will come.</summary>
    public bool IsComplete => _commits.Reader.Completion.IsCompleted;

    /// <summary>No more batches are taken.</summary>
    public void Complete() => _commits.Writer.TryComplete();
}
