using Microsoft.Extensions.Logging;

namespace Tsdb.Server.Telemetry;

/// <summary>Everything the server logs, one message each. Goes to standard error.</summary>
internal static class ServerLog
{
    private static readonly Action<ILogger, string, Exception?> _clientLeft = LoggerMessage.Define<string>(
        LogLevel.Debug, new EventId(1, nameof(ClientLeft)), "{Request}: the client went away");

    private static readonly Action<ILogger, string, Exception?> _requestFailed = LoggerMessage.Define<string>(
        LogLevel.Error, new EventId(2, nameof(RequestFailed)), "{Request} failed");

    private static readonly Action<ILogger, Exception?> _bugFound = LoggerMessage.Define(
        LogLevel.Critical, new EventId(3, nameof(BugFound)), "A bug of ours: the process stops.");

    private static readonly Action<ILogger, string, Exception?> _senderFailed = LoggerMessage.Define<string>(
        LogLevel.Warning, new EventId(4, nameof(ConnectionFailed)), "Line protocol over TCP: {Reason}");

    private static readonly Action<ILogger, string, string, Exception?> _lineRefused =
        LoggerMessage.Define<string, string>(
            LogLevel.Warning,
            new EventId(5, nameof(LineRefused)),
            "Line protocol over TCP from {Sender}: a line was refused: {Reason}");

    private static readonly Action<ILogger, string, int, Exception?> _lineUnfinished =
        LoggerMessage.Define<string, int>(
            LogLevel.Warning,
            new EventId(6, nameof(LineUnfinished)),
            "Line protocol over TCP from {Sender}: it ended inside a line; {SizeBytes} bytes are dropped");

    private static readonly Action<ILogger, ListenerKind, long, string, int, Exception?> _connectionsRefused =
        LoggerMessage.Define<ListenerKind, long, string, int>(
            LogLevel.Warning,
            new EventId(7, nameof(ConnectionsRefused)),
            "{Listener}: {Count} connections refused, the last from {Sender}: {CountMax} are open");

    private static readonly Action<ILogger, string, Exception?> _warmUpFailed = LoggerMessage.Define<string>(
        LogLevel.Warning,
        new EventId(8, nameof(WarmUpFailed)),
        "The first requests will be slow, since the warm-up failed: {Reason}");

    public static void ClientLeft(ILogger logger, string request) => _clientLeft(logger, request, null);

    public static void RequestFailed(ILogger logger, string request, Exception fault) =>
        _requestFailed(logger, request, fault);

    public static void BugFound(ILogger logger, Exception fault) => _bugFound(logger, fault);

    public static void ConnectionFailed(ILogger logger, Exception fault) =>
        _senderFailed(logger, fault.Message, null);

    public static void LineRefused(ILogger logger, string sender, string reason) =>
        _lineRefused(logger, sender, reason, null);

    public static void LineUnfinished(ILogger logger, string sender, int sizeBytes) =>
        _lineUnfinished(logger, sender, sizeBytes, null);

    public static void ConnectionsRefused(
        ILogger logger, ListenerKind listener, long count, string sender, int countMax) =>
        _connectionsRefused(logger, listener, count, sender, countMax, null);

    public static void WarmUpFailed(ILogger logger, Exception fault) =>
        _warmUpFailed(logger, fault.Message, null);
}
