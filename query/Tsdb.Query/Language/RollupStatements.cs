namespace Tsdb.Query.Language;

/// <summary>CREATE ROLLUP ON t EVERY 1h FOR (a, b). Optional with IF NOT EXISTS; without FOR, of all fields
/// that are numbers.</summary>
internal sealed record CreateRollupStatement(
    int Position, TableReference Table, Expression Every, IReadOnlyList<Token> Columns, bool IsOptional)
    : Statement(Position), IWriteStatement;

/// <summary>DROP ROLLUP ON t EVERY 1h. Optional with IF EXISTS.</summary>
internal sealed record DropRollupStatement(
    int Position, TableReference Table, Expression Every, bool IsOptional)
    : Statement(Position), IWriteStatement;

internal sealed record ShowRollupsStatement(int Position, TableReference? Table) : Statement(Position);
