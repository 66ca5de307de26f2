using System.Net;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Tsdb.Server.Backups;
using Tsdb.Server.Endpoints;
using Tsdb.Server.Options;
using Tsdb.Server.Rpc;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Hosting;

/// <summary>Puts the web application together: services, routes, middleware.</summary>
internal static class ServiceSetup
{
    public static WebApplication Build(
        ServerOptions options, IPAddress address, EngineHost engine, TimeProvider clock)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        LoggingSetup.Apply(builder.Logging);
        builder.WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => KestrelSetup.Apply(kestrel, options, address, clock));
        AddServices(builder.Services, options, engine);
        WebApplication app = builder.Build();
        RouteSetup.Map(app);
        return app;
    }

    private static void AddServices(IServiceCollection services, ServerOptions options, EngineHost engine)
    {
        services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlockPoolFactory>();
        services.Configure<SocketTransportOptions>(KestrelSetup.Apply);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTime);
        services.AddSingleton<IHostLifetime, NoSignals>();
        services.AddRouting();
        services.AddSingleton(options);
        services.AddSingleton(engine);
        services.AddSingleton<BackupPlaces>();
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton<WriteEndpoint>();
        services.AddSingleton<QueryEndpoint>();
        services.AddSingleton<StatusEndpoints>();
        services.AddSingleton<RpcFaults>();
        services.AddSingleton<StreamCalls>();
        services.AddSingleton<IServiceMethodProvider<StreamRpc>, StreamRpcMethods>();
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.MessageSizeBytesMax;
            grpc.MaxSendMessageSize = null;
            grpc.Interceptors.Add<RpcFaults>();
        });
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks().AddCheck(
            "engine",
            () => engine.IsOpen ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("opening"));
    }
}
