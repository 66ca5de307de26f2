namespace Tsdb.Query;

/// <summary>One statement and the values of its parameters.</summary>
/// <param name="Sql">One statement; a semicolon may end it.</param>
/// <param name="Parameters">By name without the dollar sign: <c>name</c> for <c>$name</c>, <c>1</c> for
/// <c>$1</c>.</param>
public sealed record QueryRequest(string Sql, IReadOnlyDictionary<string, QueryParameter>? Parameters = null)
{
    /// <summary>Whether a statement that writes is taken.</summary>
    public bool MayWrite { get; init; } = true;
}
