using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Commits;

/// <summary>Logs a group of batches as one frame, and applies them to the memtable.</summary>
/// <remarks>The commit thread's.</remarks>
internal sealed class BatchCommit(
    CatalogStore catalog, CommitLog log, CommitMetrics metrics, ArrivalSamples arrivals)
{
    private readonly FrameWriter _frame = new();

    /// <param name="group">The batches; commands among them are not this one's.</param>
    /// <param name="rowCount">Rows of all of them.</param>
    /// <param name="active">Takes the rows.</param>
    /// <param name="definitions">Those not logged yet; empty when this returns. After a failure the next
    /// frame has them: the catalogue has them already.</param>
    /// <param name="unflushedDefinitions">Gets the definitions logged.</param>
    public void Run(
        List<PendingCommit> group,
        int rowCount,
        Memtable active,
        ByteSlab definitions,
        ByteChain unflushedDefinitions)
    {
        catalog.DrainDefinitions(definitions);
        bool hasPositions = false;
        foreach (PendingCommit commit in group)
        {
            hasPositions |= commit.HasPosition;
        }

        if (rowCount == 0 && definitions.SizeBytes == 0 && !hasPositions)
        {
            return;
        }

        _frame.Clear();
        _frame.AddDefinitions(definitions.Span);
        bool syncs = false;
        foreach (PendingCommit commit in group)
        {
            _frame.AddRows(commit.Batch);
            syncs |= commit.Durability == Durability.Fsync;
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
}
