namespace Tsdb.Core.Commands;

/// <summary>Rows that a command answers with.</summary>
/// <param name="Columns">Their columns: text, integers or timestamps.</param>
/// <param name="Rows">For each column a string, or a long (a timestamp in ns).</param>
public sealed record CommandRows(IReadOnlyList<ResultColumn> Columns, IReadOnlyList<object[]> Rows);
