namespace Tsdb.Query;

/// <summary>One worker's share of <see cref="QueryStatistics"/>, added up when it ends.</summary>
internal struct ScanCounters
{
    public long RowsRead;
    public long BlocksRead;
    public long BlocksPruned;
    public long BlocksFromStatistics;
    public long BytesRead;
    public long SeriesRead;
    public long BucketsRead;
}
