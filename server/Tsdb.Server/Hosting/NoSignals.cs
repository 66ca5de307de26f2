using Microsoft.Extensions.Hosting;

namespace Tsdb.Server.Hosting;

/// <summary>
/// The server is started and stopped by its caller; only the command line listens to signals.
/// </summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
