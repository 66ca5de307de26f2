namespace Tsdb.Core;

/// <summary>An invariant of ours does not hold: the process's state cannot be trusted any more.</summary>
/// <param name="message">The condition that failed, as source text.</param>
public sealed class InvariantViolatedException(string message) : Exception(message);
