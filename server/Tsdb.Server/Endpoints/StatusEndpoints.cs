using System.Buffers;
using Microsoft.AspNetCore.Http;
using Tsdb.Server.Hosting;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Endpoints;

/// <summary>What clients and operators ask a server about itself.</summary>
internal sealed class StatusEndpoints(EngineHost host, ServerMetrics metrics)
{
    /// <summary>InfluxDB's ping: 204, and the header by which its clients know the dialect.</summary>
    public static Task PingAsync(HttpContext context)
    {
        context.Response.Headers["X-Influxdb-Version"] = "1.8.10-tsdb";
        context.Response.Headers["X-Influxdb-Build"] = "OSS";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>QuestDB's settings: its clients read which versions of line protocol are spoken.</summary>
    public static Task SettingsAsync(HttpContext context) => ReplyAsync(
        context,
        200,
        """{"config":{"line.proto.support.versions":[1],"ilp.proto.transports":["tcp","http"]}}""");

    /// <summary>The process answers.</summary>
    public static Task HealthAsync(HttpContext context) => ReplyAsync(
        context, 200, """{"name":"tsdb","status":"pass","message":"ready for queries and writes"}""");

    /// <summary>Requests can be served.</summary>
    public Task ReadyAsync(HttpContext context)
    {
        if (!host.IsOpen)
        {
            return ReplyAsync(
                context, 503, """{"status":"opening","message":"the log is being looked through"}""");
        }

        ReadyReport report = new(host.Engine.Databases);
        return JsonReply.SendAsync(context, report.HttpStatus, report.Write);
    }

    /// <summary>Prometheus text format 0.0.4.</summary>
    public Task MetricsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        context.Response.BodyWriter.Write(metrics.Render(host));
        return context.Response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    private static Task ReplyAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(json, context.RequestAborted);
    }
}
