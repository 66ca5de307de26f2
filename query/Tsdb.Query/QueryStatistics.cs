namespace Tsdb.Query;

/// <summary>What a query has read so far. Counters only grow.</summary>
public sealed class QueryStatistics
{
    private long _rowsRead;
    private long _blocksRead;
    private long _blocksPruned;
    private long _blocksFromStatistics;
    private long _bytesRead;
    private long _seriesRead;
    private long _bucketsRead;

    /// <summary>Rows looked at in blocks that were decoded, before filters.</summary>
    public long RowsRead => Interlocked.Read(ref _rowsRead);

    /// <summary>Rows returned.</summary>
    public long RowsReturned { get; internal set; }

    /// <summary>Blocks of which something was decoded.</summary>
    public long BlocksRead => Interlocked.Read(ref _blocksRead);

    /// <summary>Blocks that statistics showed to hold no match.</summary>
    public long BlocksPruned => Interlocked.Read(ref _blocksPruned);

    /// <summary>Blocks answered without decoding any.</summary>
    public long BlocksFromStatistics => Interlocked.Read(ref _blocksFromStatistics);

    /// <summary>Bytes of decoded cells.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Series opened.</summary>
    public long SeriesRead => Interlocked.Read(ref _seriesRead);

    /// <summary>Buckets of rollup tiers that stood in for their rows.</summary>
    public long RollupBucketsRead => Interlocked.Read(ref _bucketsRead);

    /// <summary>Time since the query began; fixed once the last row is out.</summary>
    public TimeSpan Elapsed { get; internal set; }

    internal void Add(in ScanCounters counters)
    {
        Interlocked.Add(ref _rowsRead, counters.RowsRead);
        Interlocked.Add(ref _blocksRead, counters.BlocksRead);
        Interlocked.Add(ref _blocksPruned, counters.BlocksPruned);
        Interlocked.Add(ref _blocksFromStatistics, counters.BlocksFromStatistics);
        Interlocked.Add(ref _bytesRead, counters.BytesRead);
        Interlocked.Add(ref _seriesRead, counters.SeriesRead);
        Interlocked.Add(ref _bucketsRead, counters.BucketsRead);
    }
}
