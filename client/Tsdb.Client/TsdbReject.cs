namespace Tsdb.Client;

/// <summary>One refused line or row.</summary>
/// <param name="Line">1-based line or row within the request.</param>
/// <param name="Position">1-based byte within the line; 0 when it is the whole.</param>
/// <param name="Reason">The reason in snake_case, as <c>malformed_number</c>.</param>
/// <param name="Detail">The name concerned, and what was expected; may be empty.</param>
public sealed record TsdbReject(int Line, int Position, string Reason, string Detail);
