using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Tsdb.Client;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Hosting;

/// <summary>
/// Takes the write path once before the first sender does, so that its code is compiled by then: rows go
/// into a scratch database and to its segments, as lines and as columns, and requests that write nothing come
/// over HTTP and gRPC. Without it the first second of a load spent half of its CPU time in the compiler.
/// </summary>
internal static class WarmUp
{
    /// <summary>Warms up; the scratch database is gone afterwards. Failing is logged and does no
    /// harm.</summary>
    public static async Task RunAsync(
        string dataDirectory,
        IPEndPoint server,
        int grpcPort,
        ServerMetrics metrics,
        ILogger logger,
        TimeProvider clock)
    {
        try
        {
            await WarmStore.RunAsync(dataDirectory, clock);
            await WarmCalls.PostAsync(server, metrics);
            await WarmCalls.CallAsync(new IPEndPoint(server.Address, grpcPort));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SocketException
            or TsdbException)
        {
            ServerLog.WarmUpFailed(logger, fault);
        }

        // What it leaves behind is not for the first senders to wait for.
        GC.Collect();
        metrics.RestartPauses(clock.GetUtcNow());
    }
}
