using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Tsdb.Query;
using Tsdb.Server.Faults;
using Tsdb.Server.Hosting;
using Tsdb.Server.Results;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Endpoints;

/// <summary>
/// <c>POST /api/v1/query</c> and <c>GET ?q=</c>: SQL in; JSON, CSV or Arrow out, as the client accepts.
/// </summary>
internal sealed class QueryEndpoint(EngineHost host, ServerMetrics metrics)
{
    // Rows are written to plain memory and handed on in large pieces: the response's own writer takes a lock
    // for each of the small writes that a row consists of.
    private const int FlushSizeBytes = 256 << 10;

    // Most answers are small; a large one grows to pieces of the above.
    private const int FirstSizeBytes = 16 << 10;

    public async Task PostAsync(HttpContext context)
    {
        QueryBody body = await QueryBody.ReadAsync(context.Request, context.RequestAborted);
        await AnswerAsync(context, body, mayWrite: true);
    }

    public Task GetAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        string sql = query["q"].ToString();
        if (sql.Length == 0)
        {
            throw new RequestFaultException(FaultKind.Invalid, "the parameter q, the statement, is missing");
        }

        string database = query.ContainsKey("db") ? query["db"].ToString() : query["database"].ToString();
        return AnswerAsync(context, new QueryBody(sql, null, database), mayWrite: false);
    }

    private async Task AnswerAsync(HttpContext context, QueryBody body, bool mayWrite)
    {
        CancellationToken cancellation = context.RequestAborted;
        PipeWriter target = context.Response.BodyWriter;
        ReadPath reads = host.ReadPathOf(host.Find(body.Database));
        using QueryCount count = metrics.BeginQuery();
        QueryRequest request = new(body.Sql, body.Parameters) { MayWrite = mayWrite };
        using QueryResult result = await reads.ExecuteAsync(request, cancellation);
        ArrayBufferWriter<byte> pending = new(FirstSizeBytes);
        using IResultWriter writer = Choose(context.Request, pending);

        // The first rows are computed before the status line is sent, so that most errors still get a 400.
        bool hasRows = result.MoveNext();
        context.Response.ContentType = writer.ContentType;
        writer.Begin(result.Schema);
        while (hasRows)
        {
            writer.Write(result.Current);
            result.ChargeOutput(pending.Capacity);
            if (pending.WrittenCount >= FlushSizeBytes)
            {
                await target.WriteAsync(pending.WrittenMemory, cancellation);
                pending.ResetWrittenCount();
            }

            hasRows = result.MoveNext();
        }

        writer.End(result.Statistics);
        await target.WriteAsync(pending.WrittenMemory, cancellation);
        count.Succeeded(result.Statistics);
    }

    private static IResultWriter Choose(HttpRequest request, IBufferWriter<byte> target)
    {
        string wanted = request.Query["format"].ToString();
        string accept = wanted.Length > 0 ? wanted : request.Headers.Accept.ToString();
        if (accept.Contains("arrow", StringComparison.OrdinalIgnoreCase))
        {
            return new ArrowResultWriter(target);
        }

        return accept.Contains("csv", StringComparison.OrdinalIgnoreCase)
            ? new CsvResultWriter(target)
            : new JsonResultWriter(target);
    }
}
