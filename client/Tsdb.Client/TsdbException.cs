namespace Tsdb.Client;

/// <summary>
/// The server could not be reached, or answered with an error that no other exception here tells.
/// </summary>
/// <param name="message">What the server or the network said.</param>
/// <param name="status">The gRPC status, as <c>NotFound</c> or <c>Unavailable</c>.</param>
/// <param name="inner">The gRPC exception.</param>
public sealed class TsdbException(string message, string status, Exception inner) : Exception(message, inner)
{
    /// <summary>The gRPC status, as <c>NotFound</c> or <c>Unavailable</c>.</summary>
    public string Status { get; } = status;
}
