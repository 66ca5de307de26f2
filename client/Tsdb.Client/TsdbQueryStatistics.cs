namespace Tsdb.Client;

/// <summary>What a query cost the server.</summary>
/// <param name="RowsReturned">Rows returned.</param>
/// <param name="RowsRead">Rows looked at in decoded blocks.</param>
/// <param name="BlocksRead">Blocks decoded.</param>
/// <param name="BlocksPruned">Blocks that statistics showed to hold no match.</param>
/// <param name="BytesRead">Bytes of decoded cells.</param>
/// <param name="SeriesRead">Series opened.</param>
/// <param name="Elapsed">Time in the server from start to last row.</param>
public sealed record TsdbQueryStatistics(
    long RowsReturned,
    long RowsRead,
    long BlocksRead,
    long BlocksPruned,
    long BytesRead,
    long SeriesRead,
    TimeSpan Elapsed);
