namespace Tsdb.Client;

/// <summary>Some rows of a write were refused; all others are stored.</summary>
/// <param name="message">The first refusal in words.</param>
/// <param name="outcome">What was stored and what was not.</param>
/// <param name="inner">The gRPC exception, if it was one.</param>
public sealed class TsdbWriteException(string message, TsdbWriteOutcome outcome, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>What was stored and what was not.</summary>
    public TsdbWriteOutcome Outcome { get; } = outcome;
}
