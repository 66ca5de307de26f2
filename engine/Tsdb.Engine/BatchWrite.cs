using Tsdb.Core;
using Tsdb.Storage;

namespace Tsdb.Engine;

/// <summary>
/// A batch to be filled by other means than line protocol, as from Arrow, and then written. Pooled: after
/// <see cref="EnqueueAsync"/> or <see cref="Discard"/> it belongs to the database again.
/// </summary>
/// <remarks>One thread at a time.</remarks>
public sealed class BatchWrite
{
    private readonly WritePath _path;
    private readonly StorageEngine _storage;
    private readonly BatchMemory _memory;
    private bool _isAlone;

    internal BatchWrite(WritePath path, StorageEngine storage, BatchMemory memory)
    {
        _memory = memory;
        _path = path;
        _storage = storage;
    }

    /// <summary>What is to be written.</summary>
    public SampleBatch Batch { get; } = new();

    /// <summary>Refusals so far; writing may add more.</summary>
    public RejectLog Rejects { get; } = new();

    /// <summary>Queues the batch, in the order of the calls; waits while the queue is full.</summary>
    /// <param name="durability">What the inner task's completion is to promise.</param>
    /// <param name="cancellationToken">Gives up waiting to be queued; what is queued is stored.</param>
    /// <returns>A task that completes when the rows are as durable as asked.</returns>
    /// <exception cref="StorageClosedException">The database takes no writes.</exception>
    public async ValueTask<Task<WriteOutcome>> EnqueueAsync(
        Durability durability, CancellationToken cancellationToken)
    {
        _memory.Pay(Batch.CapacityBytes);
        try
        {
            Task<long> commit = await _storage
                .EnqueueAsync(Batch, durability, Rejects, cancellationToken)
                .ConfigureAwait(false);
            EndAlone();
            return CompleteAsync(commit, durability);
        }
        catch
        {
            EndAlone();
            Free();
            throw;
        }
    }

    /// <summary>Gives the batch back without writing it.</summary>
    public void Discard()
    {
        EndAlone();
        _path.Return(this);
    }

    /// <summary>Gives back the charge for its memory: it is used no more.</summary>
    internal void Free() => _memory.Pay(0);

    internal void Start()
    {
        if (_memory.IsOverdrawn)
        {
            _path.FreeIdle();
            Free();
            if (_memory.IsOverdrawn)
            {
                _isAlone = !_memory.IsHeapShort && _path.TryBeginAlone();
                if (!_isAlone)
                {
                    throw BatchMemory.Refuse();
                }
            }
        }

        Batch.Clear();
        Rejects.Clear();
    }

    private void EndAlone()
    {
        if (_isAlone)
        {
            _isAlone = false;
            _path.EndAlone();
        }
    }

    private async Task<WriteOutcome> CompleteAsync(Task<long> commit, Durability durability)
    {
        long rowsStored = await FreeOnFailureAsync(commit).ConfigureAwait(false);
        WriteOutcome outcome = new(
            rowsStored, Rejects.Count, Rejects.Count == 0 ? [] : [.. Rejects.Entries], durability);
        _path.Return(this);
        return outcome;
    }

    private async Task<long> FreeOnFailureAsync(Task<long> commit)
    {
        try
        {
            return await commit.ConfigureAwait(false);
        }
        catch
        {
            Free();
            throw;
        }
    }
}
