using Tsdb.Core;

namespace Tsdb.Storage.Commits;

/// <summary>
/// The rows of some frames of the log, as the memtable takes them: rows of one table with the same columns
/// are one batch, wherever they were in the frames. Reusable.
/// </summary>
internal sealed class DecodedFrames
{
    private readonly List<(SampleBatch Source, ResolvedBatch Rows)> _pool = [];

    /// <summary>The first frame.</summary>
    public ulong FirstLsn { get; private set; }

    /// <summary>The last frame; 0 while there is none.</summary>
    public ulong LastLsn { get; private set; }

    /// <summary>Their size in the log.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>How many batches they are, each of one table.</summary>
    public int BatchCount { get; private set; }

    /// <summary>Memory of the rows: cells, each row's series and timestamp among them, and texts.</summary>
    public long RowSizeBytes { get; set; }

    /// <summary>Begins without frames.</summary>
    public void Clear()
    {
        FirstLsn = 0;
        LastLsn = 0;
        SizeBytes = 0;
        BatchCount = 0;
        RowSizeBytes = 0;
    }

    /// <summary>Takes a frame; its rows follow.</summary>
    public void AddFrame(ulong lsn, int sizeBytes)
    {
        Invariant.Holds(lsn > LastLsn);
        FirstLsn = LastLsn == 0 ? lsn : FirstLsn;
        LastLsn = lsn;
        SizeBytes += sizeBytes;
    }

    public ResolvedBatch GetBatch(int index) => _pool[index].Rows;

    /// <summary>The last batch with rows of a table; null when there is none.</summary>
    public (SampleBatch Source, ResolvedBatch Rows)? FindLast(int tableId)
    {
        for (int i = BatchCount - 1; i >= 0; i--)
        {
            if (_pool[i].Rows.GetTable(0).Table.Schema.TableId == tableId)
            {
                return _pool[i];
            }
        }

        return null;
    }

    /// <summary>One more batch, empty: its columns and texts, and what names them by id.</summary>
    public (SampleBatch Source, ResolvedBatch Rows) AddBatch()
    {
        if (BatchCount == _pool.Count)
        {
            _pool.Add((new SampleBatch(), new ResolvedBatch()));
        }

        (SampleBatch source, ResolvedBatch rows) = _pool[BatchCount++];
        source.Clear();
        rows.Start(source);
        return (source, rows);
    }
}
