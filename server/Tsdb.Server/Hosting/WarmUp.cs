using System.Net;
using Microsoft.Extensions.Logging;
using Tsdb.Core;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Hosting;

/// <summary>
/// Takes the write path once before the first sender does, so that its code is compiled by then: rows go
/// into a scratch database and to its segments, as lines and as columns, and requests that write nothing come
/// over HTTP and gRPC. Without it the first second of a load spent half of its CPU time in the compiler.
/// </summary>
internal static class WarmUp
{
    private static readonly TimeSpan _callsMax = TimeSpan.FromSeconds(20);

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
        await TryAsync(() => WarmStore.RunAsync(dataDirectory, clock), logger);
        await TryAsync(() => CallAsync(server, grpcPort, metrics, clock), logger);

        // What it leaves behind is not for the first senders to wait for.
        GC.Collect();
        metrics.RestartPauses(clock.GetUtcNow());
    }

    /// <summary>Does a part of it. Whatever fails, the server can do without, except for a bug of
    /// ours.</summary>
    internal static async Task TryAsync(Func<Task> part, ILogger logger)
    {
        try
        {
            await part();
        }
        catch (Exception fault) when (fault is not InvariantViolatedException)
        {
            ServerLog.WarmUpFailed(logger, fault);
        }
    }

    private static async Task CallAsync(
        IPEndPoint server, int grpcPort, ServerMetrics metrics, TimeProvider clock)
    {
        using CancellationTokenSource deadline = new(_callsMax, clock);
        await WarmCalls.PostAsync(server, metrics, deadline.Token);
        await WarmCalls.CallAsync(new IPEndPoint(server.Address, grpcPort), deadline.Token);
    }
}
