using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Hosting;

/// <summary>Keeps the connections of one port below a number; further ones are closed before anything is
/// read from them, counted, and told in the log now and then.</summary>
/// <remarks>Thread safe.</remarks>
internal sealed class ConnectionLimit(
    ListenerKind listener,
    int countMax,
    ServerMetrics metrics,
    ILogger<ConnectionLimit> logger,
    TimeProvider clock)
{
    private readonly RefusalNotice _notice = new(clock);
    private int _count;

    /// <summary>Puts the limit before what serves a connection.</summary>
    public ConnectionDelegate Apply(ConnectionDelegate next) => connection => ServeAsync(connection, next);

    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _count) <= countMax)
            {
                await next(connection);
                return;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }

        metrics.CountConnectionRefused(listener);
        if (_notice.TryTake(out long refusedCount))
        {
            ServerLog.ConnectionsRefused(
                logger, listener, refusedCount, $"{connection.RemoteEndPoint}", countMax);
        }
    }
}
