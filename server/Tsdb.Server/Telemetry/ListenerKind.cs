namespace Tsdb.Server.Telemetry;

/// <summary>What a port takes.</summary>
internal enum ListenerKind
{
    /// <summary>HTTP/1.1.</summary>
    Http,

    /// <summary>gRPC over HTTP/2.</summary>
    Grpc,

    /// <summary>Line protocol over TCP.</summary>
    Ilp,
}
