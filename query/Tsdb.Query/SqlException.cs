namespace Tsdb.Query;

/// <summary>A statement cannot be run as written: syntax, an unknown name, a type, or a value while
/// running.</summary>
public sealed class SqlException : Exception
{
    internal SqlException(string message, int position, int line, int column, string? hint)
        : base($"line {line}, column {column}: {message}")
    {
        Detail = message;
        Position = position;
        Line = line;
        Column = column;
        Hint = hint;
    }

    /// <summary>What is wrong, without the place; <see cref="Exception.Message"/> has both.</summary>
    public string Detail { get; }

    /// <summary>Where in the statement, in UTF-16 chars from 0.</summary>
    public int Position { get; }

    /// <summary>Where in the statement, line from 1.</summary>
    public int Line { get; }

    /// <summary>Where in the statement, char within the line from 1.</summary>
    public int Column { get; }

    /// <summary>What may help, as <c>did you mean 'temp'?</c>; null when there is nothing to say.</summary>
    public string? Hint { get; }
}
