namespace Tsdb.Server.Options;

/// <summary>The server cannot start with these options; the message says which and why.</summary>
/// <param name="message">For the operator.</param>
/// <param name="inner">What went wrong underneath, if anything.</param>
public sealed class ServerOptionsException(string message, Exception? inner = null)
    : Exception(message, inner);
