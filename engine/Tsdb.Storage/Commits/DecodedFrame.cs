using Tsdb.Core;

namespace Tsdb.Storage.Commits;

/// <summary>The rows of one frame of the log, as the memtable takes them. Reusable.</summary>
internal sealed class DecodedFrame
{
    private readonly List<(SampleBatch Source, ResolvedBatch Rows)> _pool = [];

    /// <summary>The frame.</summary>
    public ulong Lsn { get; private set; }

    /// <summary>Its size in the log.</summary>
    public int SizeBytes { get; private set; }

    /// <summary>How many batches it holds, each of one table.</summary>
    public int BatchCount { get; private set; }

    /// <summary>Begins with a frame that has no rows yet.</summary>
    public void Start(ulong lsn, int sizeBytes)
    {
        Lsn = lsn;
        SizeBytes = sizeBytes;
        BatchCount = 0;
    }

    public ResolvedBatch GetBatch(int index) => _pool[index].Rows;

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
