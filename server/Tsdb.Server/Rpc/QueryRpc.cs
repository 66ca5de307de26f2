using Google.Protobuf;
using Grpc.Core;
using Tsdb.Core;
using Tsdb.Protocol.V1;
using Tsdb.Query;
using Tsdb.Query.Arrow;
using Tsdb.Server.Hosting;
using Tsdb.Server.Telemetry;
using Wire = Tsdb.Protocol.V1;

namespace Tsdb.Server.Rpc;

/// <summary>SQL over gRPC. Deadline and cancellation reach the scan through the query's token.</summary>
internal sealed class QueryRpc(EngineHost host, ServerMetrics metrics) : QueryService.QueryServiceBase
{
    // Small batches share a chunk: fewer, larger messages cost less on both sides.
    private const int ChunkSizeBytes = 256 << 10;

    public override async Task Query(
        Wire.QueryRequest request, IServerStreamWriter<QueryChunk> responseStream, ServerCallContext context)
    {
        CancellationToken cancellation = context.CancellationToken;
        Wire.QueryOptions wanted = request.Options ?? new Wire.QueryOptions();
        using QueryCount count = metrics.BeginQuery();
        using QueryResult result = await ExecuteAsync(request, request.Sql, cancellation);
        bool hasRows = result.MoveNext();
        using ArrowStreamEncoder encoder = new(result.Schema, wanted.PlainText);
        long remaining = wanted.RowLimit > 0 ? wanted.RowLimit : long.MaxValue;
        long sentCount = 0;
        bool isCut = false;
        while (hasRows && remaining > 0)
        {
            ColumnBatch batch = result.Current;
            isCut = batch.RowCount > remaining;
            batch.RowCount = (int)Math.Min(batch.RowCount, remaining);
            remaining -= batch.RowCount;
            sentCount += batch.RowCount;
            for (int row = 0; row < batch.RowCount;)
            {
                row = encoder.Append(batch, row);
                await SendAsync(encoder, responseStream, ChunkSizeBytes, cancellation);
            }

            hasRows = result.MoveNext();
        }

        encoder.End();
        QueryStats stats = QueryMessages.ToStats(result.Statistics, isTruncated: isCut || hasRows);
        stats.RowsReturned = sentCount;
        await responseStream.WriteAsync(
            new QueryChunk { Ipc = UnsafeByteOperations.UnsafeWrap(encoder.Pending), Stats = stats },
            cancellation);
        count.Succeeded(result.Statistics);
    }

    public override async Task<ExplainReply> Explain(Wire.QueryRequest request, ServerCallContext context)
    {
        using QueryResult result =
            await ExecuteAsync(request, $"EXPLAIN {request.Sql}", context.CancellationToken);
        List<string> lines = [];
        while (result.MoveNext())
        {
            ColumnVector plan = result.Current.Columns[0];
            for (int row = 0; row < result.Current.RowCount; row++)
            {
                lines.Add(plan.Texts[(int)plan.Words[row]]);
            }
        }

        return new ExplainReply { Plan = string.Join('\n', lines) };
    }

    private Task<QueryResult> ExecuteAsync(
        Wire.QueryRequest request, string sql, CancellationToken cancellation)
    {
        ReadPath reads = host.ReadPathOf(host.Find(request.Database));
        Dictionary<string, QueryParameter> parameters = new(StringComparer.Ordinal);
        foreach ((string name, Value value) in request.Params)
        {
            parameters[name] = QueryMessages.ToParameter(value);
        }

        return reads.ExecuteAsync(new Tsdb.Query.QueryRequest(sql, parameters), cancellation);
    }

    private static async Task SendAsync(
        ArrowStreamEncoder encoder,
        IServerStreamWriter<QueryChunk> target,
        int sizeBytesMin,
        CancellationToken cancellation)
    {
        if (encoder.Pending.Length >= sizeBytesMin)
        {
            // The message is serialised before the call returns its task, so the memory may be reused after
            // it.
            await target.WriteAsync(
                new QueryChunk { Ipc = UnsafeByteOperations.UnsafeWrap(encoder.Pending) }, cancellation);
            encoder.Take();
        }
    }
}
