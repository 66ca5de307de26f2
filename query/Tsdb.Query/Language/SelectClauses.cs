namespace Tsdb.Query.Language;

/// <summary>One item of a SELECT list; <paramref name="Expression"/> is null for <c>*</c>.</summary>
/// <param name="Position">Where it starts.</param>
/// <param name="Expression">What is selected.</param>
/// <param name="Alias">The name given to it, if any.</param>
/// <param name="Text">The expression as written: its name when it has no other.</param>
internal sealed record SelectItem(int Position, Expression? Expression, string? Alias, string Text);

internal sealed record TableReference(int Position, string Name, string? Alias);

internal sealed record LatestOnClause(
    int Position, ColumnExpression TimeColumn, IReadOnlyList<ColumnExpression> PartitionBy);

internal sealed record SampleByClause(int Position, DurationLiteral Every)
{
    /// <summary>One for all aggregates or one each; empty means NONE.</summary>
    public IReadOnlyList<FillItem> Fill { get; init; } = [];
}

internal sealed record FillItem(int Position, FillMode Mode, Expression? Value = null);

internal enum FillMode
{
    None,
    Null,
    Previous,
    Linear,
    Constant,
}

internal sealed record OrderItem(Expression Expression, bool IsDescending, bool? NullsFirst);
