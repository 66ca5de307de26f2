namespace Tsdb.Query.Tests.Scripts;

/// <summary>One query of a script and what it must give: rows, or an error.</summary>
/// <param name="LineNumber">Where it stands in its script.</param>
/// <param name="Sql">The statement.</param>
/// <param name="Rows">The expected rows; null when an error is expected.</param>
/// <param name="IsOrdered">Whether the rows' order counts.</param>
/// <param name="Error">The expected error as <c>line:column part of the message</c>.</param>
internal sealed record ScriptCase(
    int LineNumber, string Sql, IReadOnlyList<string>? Rows, bool IsOrdered, string? Error);
