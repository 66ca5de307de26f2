using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tsdb.Core;
using Tsdb.Server.Faults;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Endpoints;

/// <summary>
/// Turns what a handler throws into the error reply; stops the process when it is a bug of ours.
/// </summary>
internal sealed class HttpFaults(RequestDelegate next, ILogger<HttpFaults> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            ServerLog.ClientLeft(logger, context.Request.Path);
        }
        catch (BadHttpRequestException fault)
        {
            await ReplyAsync(context, fault.StatusCode, new RequestFault(FaultKind.Invalid, fault.Message));
        }
        catch (InvariantViolatedException fault)
        {
            ProcessStop.Now(logger, fault);
        }
        catch (Exception fault)
        {
            RequestFault reply = RequestFault.Of(fault);
            if (reply.Kind == FaultKind.Internal)
            {
                ServerLog.RequestFailed(logger, context.Request.Path, fault);
            }

            await ReplyAsync(context, reply.HttpStatus, reply);
        }
    }

    private static async Task ReplyAsync(HttpContext context, int status, RequestFault fault)
    {
        if (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return;
        }

        context.Response.Clear();
        if (fault.RetryAfter is { } delay)
        {
            context.Response.Headers.RetryAfter =
                Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        await JsonReply.SendAsync(context, status, json => Write(json, fault));
    }

    private static void Write(Utf8JsonWriter json, RequestFault fault)
    {
        json.WriteStartObject();
        json.WriteString("error"u8, fault.Message);
        if (fault.Sql is { } sql)
        {
            json.WriteNumber("line"u8, sql.Line);
            json.WriteNumber("column"u8, sql.Column);
            json.WriteNumber("position"u8, sql.Position);
            json.WriteString("hint"u8, sql.Hint);
        }

        json.WriteEndObject();
    }
}
