using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Server.Faults;
using Tsdb.Server.Hosting;
using Tsdb.Server.Options;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Endpoints;

/// <summary>
/// <c>POST /write</c> (InfluxDB 1, QuestDB) and <c>POST /api/v2/write</c> (InfluxDB 2): line protocol, plain
/// or gzip. 204 when every line is stored; 400 that names each bad line when some were refused, the others
/// stored.
/// </summary>
internal sealed class WriteEndpoint(EngineHost host, ServerOptions options, ServerMetrics metrics)
{
    public async Task PostAsync(HttpContext context)
    {
        WriteRequest request = WriteRequest.Of(context.Request);
        Database database = host.GetOrCreate(request.Database);
        WriteOutcome outcome;
        using (LineWrite write = database.Writes.BeginLines(request.Precision, request.Durability))
        {
            long sizeBytes = await LineBody.AppendAsync(
                context, write, options.WriteSizeBytesMax, context.RequestAborted);
            outcome = await write.CommitAsync(context.RequestAborted);
            metrics.CountWrite(outcome, sizeBytes);
        }

        context.Response.Headers[WriteRequest.DurabilityHeader] = WriteRequest.NameOf(outcome.Durability);
        if (outcome.RowsRejected == 0)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await JsonReply.SendAsync(
            context, StatusCodes.Status400BadRequest, json => WriteRejects(json, outcome));
    }

    private static void WriteRejects(Utf8JsonWriter json, WriteOutcome outcome)
    {
        RowReject first = outcome.Rejects[0];
        string cause = RejectText.Of(first);
        json.WriteStartObject();
        json.WriteString("code"u8, "invalid");
        json.WriteString(
            "message"u8,
            $"partial write: {outcome.RowsRejected} lines refused, {outcome.RowsStored} rows stored");
        json.WriteString("error"u8, $"partial write: line {first.LineNumber}: {cause}");
        json.WriteNumber("line"u8, first.LineNumber);
        json.WriteStartArray("errors"u8);
        foreach (RowReject reject in outcome.Rejects)
        {
            json.WriteStartObject();
            json.WriteNumber("line"u8, reject.LineNumber);
            json.WriteNumber("position"u8, reject.Position);
            json.WriteString("reason"u8, RejectText.NameOf(reject.Reason));
            json.WriteString("detail"u8, reject.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("stored"u8, outcome.RowsStored);
        json.WriteNumber("rejected"u8, outcome.RowsRejected);
        json.WriteEndObject();
    }
}
