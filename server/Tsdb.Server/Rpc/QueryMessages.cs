using Tsdb.Core;
using Tsdb.Protocol.V1;
using Tsdb.Query;
using Tsdb.Server.Faults;

namespace Tsdb.Server.Rpc;

/// <summary>Parameters and statistics of a query, to and from the wire.</summary>
internal static class QueryMessages
{
    public static QueryParameter ToParameter(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.Float64 => QueryParameter.FromFloat64(value.Float64),
        Value.KindOneofCase.Int64 => QueryParameter.FromInt64(value.Int64),
        Value.KindOneofCase.Boolean => QueryParameter.FromBool(value.Boolean),
        Value.KindOneofCase.Text => QueryParameter.FromText(value.Text),
        Value.KindOneofCase.TimestampNs => QueryParameter.FromTimestamp(new Timestamp(value.TimestampNs)),
        Value.KindOneofCase.None => QueryParameter.Null,
        _ => throw new RequestFaultException(FaultKind.Invalid, "a parameter's kind is unknown"),
    };

    public static QueryStats ToStats(QueryStatistics statistics, bool isTruncated) => new()
    {
        RowsReturned = statistics.RowsReturned,
        RowsRead = statistics.RowsRead,
        BlocksRead = statistics.BlocksRead,
        BlocksPruned = statistics.BlocksPruned,
        BytesRead = statistics.BytesRead,
        SeriesRead = statistics.SeriesRead,
        ElapsedNs = (long)statistics.Elapsed.TotalNanoseconds,
        Truncated = isTruncated,
    };
}
