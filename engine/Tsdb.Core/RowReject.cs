namespace Tsdb.Core;

/// <summary>One refused line or row: where it stood in the request and why it was refused.</summary>
/// <param name="LineNumber">1-based line or row within the request.</param>
/// <param name="Position">1-based byte position within the line where the cause was found; 0 when it is the
/// whole.</param>
/// <param name="Reason">The cause.</param>
/// <param name="Detail">The name concerned, and what was expected; null when the reason says it all.</param>
public readonly record struct RowReject(int LineNumber, int Position, RejectReason Reason, string? Detail);
