namespace Tsdb.Query.Language;

internal sealed record CreateTableStatement(int Position, Token Name) : Statement(Position), IWriteStatement
{
    /// <summary>IF NOT EXISTS.</summary>
    public bool IsOptional { get; init; }

    public IReadOnlyList<ColumnItem> Columns { get; init; } = [];

    public IReadOnlyList<OptionItem> Options { get; init; } = [];
}

/// <summary>DROP TABLE; optional with IF EXISTS.</summary>
internal sealed record DropTableStatement(int Position, TableReference Table, bool IsOptional)
    : Statement(Position), IWriteStatement;

internal sealed record AlterTableStatement(
    int Position, TableReference Table, IReadOnlyList<OptionItem> Options)
    : Statement(Position), IWriteStatement;

/// <summary>DELETE, or TRUNCATE when there is no condition.</summary>
internal sealed record DeleteStatement(int Position, TableReference Table, Expression? Where)
    : Statement(Position), IWriteStatement;

/// <summary>A column of CREATE TABLE: its name, and the word after it.</summary>
internal sealed record ColumnItem(Token Name, Token TypeName);

/// <summary>One <c>name = value</c> of WITH or SET.</summary>
internal sealed record OptionItem(Token Name, Expression Value);
