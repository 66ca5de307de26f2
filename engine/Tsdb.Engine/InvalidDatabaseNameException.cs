namespace Tsdb.Engine;

/// <summary>The name cannot be a database's, or one more database would exceed the limit.</summary>
/// <param name="name">The name given.</param>
/// <param name="reason">What is wrong with it.</param>
public sealed class InvalidDatabaseNameException(string name, string reason)
    : ArgumentException($"database '{name}': {reason}")
{
    /// <summary>The name given.</summary>
    public string Name { get; } = name;
}
