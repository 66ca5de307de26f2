namespace Tsdb.Query.Language;

/// <summary>A statement as written.</summary>
internal abstract record Statement(int Position);

/// <summary>SELECT. Clauses that are not there are null or empty.</summary>
internal sealed record SelectStatement(int Position) : Statement(Position)
{
    public bool IsDistinct { get; init; }

    public required IReadOnlyList<SelectItem> Items { get; init; }

    public TableReference? From { get; init; }

    public LatestOnClause? LatestOn { get; init; }

    public Expression? Where { get; init; }

    public SampleByClause? SampleBy { get; init; }

    public IReadOnlyList<Expression> GroupBy { get; init; } = [];

    public Expression? Having { get; init; }

    public IReadOnlyList<OrderItem> OrderBy { get; init; } = [];

    public Expression? Limit { get; init; }

    public Expression? Offset { get; init; }
}

internal sealed record ShowTablesStatement(int Position) : Statement(Position);

internal sealed record ShowMemoryStatement(int Position) : Statement(Position);

internal sealed record ShowDeletesStatement(int Position) : Statement(Position);

internal sealed record ShowDamageStatement(int Position) : Statement(Position);

internal sealed record ShowColumnsStatement(int Position, TableReference Table) : Statement(Position);

internal sealed record ShowCardinalityStatement(int Position, TableReference? Table, Expression? Limit)
    : Statement(Position);

internal sealed record ExplainStatement(int Position, SelectStatement Select) : Statement(Position);
