using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Tsdb.Core;
using Tsdb.Server.Faults;
using Tsdb.Server.Hosting;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.LineListener;

/// <summary>Line protocol over TCP: nanoseconds, into the default database, no replies.</summary>
internal sealed class TcpLineListener : IAsyncDisposable
{
    private static readonly TimeSpan _acceptPause = TimeSpan.FromSeconds(1);

    private readonly TcpListener _listener;
    private readonly int _connectionCountMax;
    private readonly TimeProvider _clock;
    private readonly EngineHost _host;
    private readonly ServerMetrics _metrics;
    private readonly ILogger<TcpLineListener> _logger;
    private readonly RefusalNotice _notice;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Task> _sessions = [];
    private readonly Lock _gate = new();
    private Task _accepting = Task.CompletedTask;

    public TcpLineListener(
        IPEndPoint endPoint,
        int connectionCountMax,
        EngineHost host,
        ServerMetrics metrics,
        ILogger<TcpLineListener> logger,
        TimeProvider clock)
    {
        _listener = new TcpListener(endPoint);
        _connectionCountMax = connectionCountMax;
        _clock = clock;
        _host = host;
        _metrics = metrics;
        _logger = logger;
        _notice = new RefusalNotice(clock);
    }

    /// <summary>The port, once started.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Binds, then accepts until disposed.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public void Start()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Stops accepting, lets every session store what it has received, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        Task[] open;
        lock (_gate)
        {
            open = [.. _sessions];
        }

        await Task.WhenAll(open);
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                await AcceptOneAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task AcceptOneAsync()
    {
        try
        {
            Socket socket = await _listener.AcceptSocketAsync(_stop.Token);
            if (!TryTrack(socket))
            {
                Refuse(socket);
            }
        }
        catch (SocketException fault)
        {
            // Such as no free file handles, which lasts: waits for some to come back.
            ServerLog.ConnectionFailed(_logger, fault);
            await Task.Delay(_acceptPause, _clock, _stop.Token);
        }
    }

    private void Refuse(Socket socket)
    {
        _metrics.CountConnectionRefused(ListenerKind.Ilp);
        if (_notice.TryTake(out long refusedCount))
        {
            ServerLog.ConnectionsRefused(
                _logger, ListenerKind.Ilp, refusedCount, $"{socket.RemoteEndPoint}", _connectionCountMax);
        }

        socket.Dispose();
    }

    private bool TryTrack(Socket socket)
    {
        lock (_gate)
        {
            _sessions.RemoveWhere(static task => task.IsCompleted);
            return _sessions.Count < _connectionCountMax && _sessions.Add(RunAsync(socket));
        }
    }

    private async Task RunAsync(Socket socket)
    {
        await Task.Yield();
        try
        {
            using Socket owned = socket;
            TcpLineSession session = new(owned, _host.GetOrCreate(null), _metrics, _logger, _clock);
            await session.RunAsync(_stop.Token);
        }
        catch (InvariantViolatedException fault)
        {
            ProcessStop.Now(_logger, fault);
        }
        catch (Exception fault)
        {
            // One sender's trouble is not another's: the connection is closed, the listener goes on.
            ServerLog.ConnectionFailed(_logger, fault);
        }
    }
}
