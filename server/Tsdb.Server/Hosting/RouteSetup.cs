using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tsdb.Server.Endpoints;
using Tsdb.Server.Rpc;

namespace Tsdb.Server.Hosting;

/// <summary>Which path or service each handler answers.</summary>
internal static class RouteSetup
{
    public static void Map(WebApplication app)
    {
        IServiceProvider services = app.Services;
        WriteEndpoint writes = services.GetRequiredService<WriteEndpoint>();
        QueryEndpoint queries = services.GetRequiredService<QueryEndpoint>();
        StatusEndpoints status = services.GetRequiredService<StatusEndpoints>();
        app.UseMiddleware<HttpFaults>();
        app.UseRouting();
        app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
        app.MapPost("/write", (RequestDelegate)writes.PostAsync);
        app.MapPost("/api/v2/write", (RequestDelegate)writes.PostAsync);
        app.MapPost("/api/v1/query", (RequestDelegate)queries.PostAsync);
        app.MapGet("/api/v1/query", (RequestDelegate)queries.GetAsync);
        app.MapGet("/query", (RequestDelegate)queries.GetAsync);
        string[] getOrHead = [HttpMethods.Get, HttpMethods.Head];
        app.MapMethods("/ping", getOrHead, (RequestDelegate)StatusEndpoints.PingAsync);
        app.MapGet("/settings", (RequestDelegate)StatusEndpoints.SettingsAsync);
        app.MapGet("/health", (RequestDelegate)StatusEndpoints.HealthAsync);
        app.MapGet("/ready", (RequestDelegate)status.ReadyAsync);
        app.MapGet("/metrics", (RequestDelegate)status.MetricsAsync);
        app.MapGrpcService<QueryRpc>();
        app.MapGrpcService<IngestRpc>();

        // Before the generated method of the same name, which answers that it is not implemented.
        app.MapGrpcService<StreamRpc>().Add(static endpoint => ((RouteEndpointBuilder)endpoint).Order = -1);
        app.MapGrpcService<CatalogRpc>();
        app.MapGrpcService<AdminRpc>();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
    }
}
