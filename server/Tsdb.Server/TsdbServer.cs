using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Server.Hosting;
using Tsdb.Server.LineListener;
using Tsdb.Server.Options;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server;

/// <summary>A running server: one data directory behind HTTP, gRPC and line protocol over TCP.</summary>
/// <remarks>Disposing stops accepting, waits for requests under way, flushes, and closes the files.</remarks>
public sealed class TsdbServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly EngineHost _engine;
    private readonly TcpLineListener _lines;
    private readonly Task _opening;

    private TsdbServer(WebApplication app, EngineHost engine, TcpLineListener lines, Task opening)
    {
        _app = app;
        _engine = engine;
        _lines = lines;
        _opening = opening;
    }

    /// <summary>HTTP/1.1.</summary>
    public int HttpPort { get; private set; }

    /// <summary>gRPC over cleartext HTTP/2.</summary>
    public int GrpcPort { get; private set; }

    /// <summary>Line protocol over TCP.</summary>
    public int IlpPort { get; private set; }

    /// <summary>The accounts of the process.</summary>
    internal MemoryBudget Memory => _engine.Memory;

    /// <summary>Where those write who name none.</summary>
    internal Database DefaultDatabase => _engine.GetOrCreate(null);

    /// <summary>Starts a server; completes when its data directory is open and every port is bound.</summary>
    /// <exception cref="ServerOptionsException">An option is wrong; nothing was started.</exception>
    /// <exception cref="IOException">A port is taken, or the data directory cannot be opened.</exception>
    public static async Task<TsdbServer> StartAsync(ServerOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        IPAddress address = ServerOptionsCheck.Validate(options);
        EngineHost engine = new(options, clock);
        if (options.LimitsHeap)
        {
            engine.Memory.Heap = new HeapGauge(HeapLimit.Apply(engine.Memory));
        }

        // Each of both takes most of a second on a core of its own.
        Task opening = Task.Run(engine.OpenAsync);
        WebApplication app = ServiceSetup.Build(options, address, engine, clock);
        TcpLineListener lines = new(
            new IPEndPoint(address, options.IlpPort),
            TcpLineSession.CountMax(options.IlpConnectionCountMax, engine.Memory.Ingest),
            engine,
            app.Services.GetRequiredService<ServerMetrics>(),
            app.Services.GetRequiredService<ILogger<TcpLineListener>>(),
            clock);
        TsdbServer server = new(app, engine, lines, opening);
        try
        {
            await server.OpenAsync();
            if (options.WarmsUp && !engine.IsReplaying)
            {
                await WarmUp.RunAsync(
                    options.DataDirectory,
                    new IPEndPoint(address, server.HttpPort),
                    server.GrpcPort,
                    app.Services.GetRequiredService<ServerMetrics>(),
                    app.Services.GetRequiredService<ILogger<TsdbServer>>(),
                    clock);
                engine.PrepareMemory();
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _lines.DisposeAsync();
        await _app.DisposeAsync();

        // Where it failed, whoever started the server has been told.
        await Task.WhenAny(_opening);
        await _engine.DisposeAsync();
    }

    // The ports do not wait for the data directory: requests get 503 until it is open.
    private async Task OpenAsync()
    {
        await _app.StartAsync();
        int[] ports =
        [
            .. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
                .Select(static bound => new Uri(bound).Port),
        ];
        HttpPort = ports[0];
        GrpcPort = ports[1];
        await _opening;
        _lines.Start();
        IlpPort = _lines.Port;
    }
}
