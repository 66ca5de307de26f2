namespace Tsdb.Query.Language;

/// <summary>An expression as written. Position is where errors about it point.</summary>
internal abstract record Expression(int Position);

internal sealed record NullExpression(int Position) : Expression(Position);

internal sealed record BoolExpression(int Position, bool Value) : Expression(Position);

internal sealed record IntegerExpression(int Position, long Value) : Expression(Position);

internal sealed record NumberExpression(int Position, double Value) : Expression(Position);

/// <summary>A 'text'; compared with a timestamp, duration or quality it is read as one.</summary>
internal sealed record TextExpression(int Position, string Value) : Expression(Position);

internal sealed record DurationExpression(int Position, DurationLiteral Value) : Expression(Position);

/// <summary>TIMESTAMP '…' or DATE '…', ns since the epoch.</summary>
internal sealed record TimestampExpression(int Position, long TimestampNs) : Expression(Position);

internal sealed record ParameterExpression(int Position, string Name) : Expression(Position);

internal sealed record ColumnExpression(int Position, string? Qualifier, string Name) : Expression(Position);

/// <summary>Negation: <c>-</c> or <c>NOT</c>.</summary>
internal sealed record UnaryExpression(
    int Position, string Operator, Expression Operand) : Expression(Position);

/// <summary>An operator between two operands, upper case: arithmetic, comparison, AND, OR, ||, LIKE, ~
/// …</summary>
internal sealed record BinaryExpression(int Position, string Operator, Expression Left, Expression Right)
    : Expression(Position);

/// <summary>A call; <c>f(*)</c> has no arguments and <paramref name="IsStar"/>.</summary>
internal sealed record CallExpression(
    int Position, string Name, IReadOnlyList<Expression> Arguments, bool IsStar, bool IsDistinct)
    : Expression(Position);

/// <summary>CASE; with an operand each WHEN is compared with it.</summary>
internal sealed record CaseExpression(
    int Position, Expression? Operand, IReadOnlyList<CaseBranch> Branches, Expression? Otherwise)
    : Expression(Position);

internal sealed record CastExpression(
    int Position, Expression Operand, string TypeName) : Expression(Position);

internal sealed record InExpression(
    int Position, Expression Operand, IReadOnlyList<Expression> Items, bool IsNegated) : Expression(Position);

internal sealed record BetweenExpression(
    int Position, Expression Operand, Expression Low, Expression High, bool IsNegated) : Expression(Position);

internal sealed record IsNullExpression(
    int Position, Expression Operand, bool IsNegated) : Expression(Position);
