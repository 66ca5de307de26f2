using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tsdb.Server.Options;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Hosting;

/// <summary>Listeners, windows and limits. Windows and frame size were measured on loopback.</summary>
internal static class KestrelSetup
{
    private const int ConnectionWindowSizeBytes = 16 << 20;
    private const int StreamWindowSizeBytes = 8 << 20;
    private const int FrameSizeBytesMax = 1 << 20;
    private const int RequestBufferSizeBytes = 8 << 20;
    private const int ResponseBufferSizeBytes = 4 << 20;

    public static void Apply(
        KestrelServerOptions kestrel, ServerOptions options, IPAddress address, TimeProvider clock)
    {
        kestrel.AddServerHeader = false;

        // Handlers hold their own limits, which count what is decompressed; senders may be slow.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MaxRequestBufferSize = RequestBufferSizeBytes;
        kestrel.Limits.MaxResponseBufferSize = ResponseBufferSizeBytes;
        kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindowSizeBytes;
        kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindowSizeBytes;
        kestrel.Limits.Http2.MaxFrameSize = FrameSizeBytesMax;

        // Cleartext cannot serve both by one port: without TLS nothing negotiates the protocol.
        kestrel.Listen(address, options.HttpPort, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(LimitOf(kestrel, ListenerKind.Http, options, clock));
        });
        kestrel.Listen(address, options.GrpcPort, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(LimitOf(kestrel, ListenerKind.Grpc, options, clock));
        });
    }

    public static void Apply(SocketTransportOptions sockets) =>
        sockets.MaxReadBufferSize = RequestBufferSizeBytes;

    private static Func<ConnectionDelegate, ConnectionDelegate> LimitOf(
        KestrelServerOptions kestrel, ListenerKind listener, ServerOptions options, TimeProvider clock)
    {
        IServiceProvider services = kestrel.ApplicationServices;
        ConnectionLimit limit = new(
            listener,
            options.HttpConnectionCountMax,
            services.GetRequiredService<ServerMetrics>(),
            services.GetRequiredService<ILogger<ConnectionLimit>>(),
            clock);
        return limit.Apply;
    }
}
