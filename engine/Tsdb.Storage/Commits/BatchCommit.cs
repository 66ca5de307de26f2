using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Commits;

/// <summary>Logs a group of batches as one frame, and applies them to the memtable.</summary>
/// <remarks>The commit thread's.</remarks>
internal sealed class BatchCommit(
    CatalogStore catalog,
    CommitLog log,
    CommitMetrics metrics,
    ArrivalSamples arrivals,
    StorageOptions options) : IDisposable
{
    private readonly FrameWriter _frame = new();
    private readonly MemoryHold _memory = new(options.Memory?.Scratch);

    /// <param name="group">The batches; commands among them are not this one's.</param>
    /// <param name="rowCount">Rows of all of them.</param>
    /// <param name="active">Takes the rows.</param>
    /// <param name="definitions">Those not logged yet; empty when this returns. After a failure the next
    /// frame has them: the catalogue has them already.</param>
    /// <param name="unflushedDefinitions">Gets the definitions logged.</param>
    /// <exception cref="StorageClosedException">There is no memory for the frame; nothing has
    /// changed.</exception>
    public void Run(
        List<PendingCommit> group,
        int rowCount,
        Memtable active,
        ByteSlab definitions,
        ByteChain unflushedDefinitions)
    {
        bool hasPositions = false;
        bool syncs = false;
        foreach (PendingCommit commit in group)
        {
            hasPositions |= commit.HasPosition;
            syncs |= commit.Durability == Durability.Fsync;
        }

        Encode(group, definitions);
        _memory.Set(_frame.CapacityBytes + definitions.CapacityBytes
            + unflushedDefinitions.SizeBytes);
        if (rowCount == 0 && definitions.SizeBytes == 0 && !hasPositions)
        {
            return;
        }

        metrics.StartCommit();
        ulong lsn = log.Append(_frame.Payload.Span, syncs);
        metrics.NoteCommit(group.Count, rowCount, _frame.Payload.SizeBytes);
        unflushedDefinitions.Append(definitions.Span);
        definitions.Clear();
        foreach (PendingCommit commit in group)
        {
            commit.NotePosition();
            if (commit.Batch.RowCount > 0)
            {
                arrivals.Note(commit.Batch);
                active.Append(commit.Batch, lsn);
            }
        }
    }

    /// <summary>Gives the memory back; the commit thread has ended.</summary>
    public void Dispose() => _memory.Dispose();

    // Costs memory, and changes nothing that a later try would not find as it was.
    private void Encode(List<PendingCommit> group, ByteSlab definitions)
    {
        try
        {
            catalog.DrainDefinitions(definitions);
            _frame.Clear();
            _frame.AddDefinitions(definitions.Span);
            foreach (PendingCommit commit in group)
            {
                _frame.AddRows(commit.Batch);
            }
        }
        catch (OutOfMemoryException failure)
        {
            throw new StorageClosedException("memory is too short for the log's next frame", failure)
            {
                Refusal = StorageRefusal.MemoryFull,
                RetryAfter = options.FaultRetryInterval,
            };
        }
    }
}
