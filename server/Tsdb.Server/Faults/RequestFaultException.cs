namespace Tsdb.Server.Faults;

/// <summary>A request cannot be served; the message is for its sender.</summary>
internal sealed class RequestFaultException(FaultKind kind, string message) : Exception(message)
{
    public FaultKind Kind { get; } = kind;
}
