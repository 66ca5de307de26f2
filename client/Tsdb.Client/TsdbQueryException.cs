namespace Tsdb.Client;

/// <summary>A statement cannot be run as written.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="line">Where, line from 1.</param>
/// <param name="column">Where, UTF-16 char within the line from 1.</param>
/// <param name="position">Where in the statement, UTF-16 char from 0.</param>
/// <param name="hint">What may help, or null.</param>
/// <param name="inner">The gRPC exception.</param>
public sealed class TsdbQueryException(
    string message, int line, int column, int position, string? hint, Exception inner)
    : Exception(message, inner)
{
    /// <summary>Where, line from 1.</summary>
    public int Line { get; } = line;

    /// <summary>Where, UTF-16 char within the line from 1.</summary>
    public int Column { get; } = column;

    /// <summary>Where in the statement, UTF-16 char from 0.</summary>
    public int Position { get; } = position;

    /// <summary>What may help, as <c>did you mean 'temp'?</c>; null when there is nothing to say.</summary>
    public string? Hint { get; } = hint;
}
