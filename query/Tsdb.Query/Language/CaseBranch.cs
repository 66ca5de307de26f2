namespace Tsdb.Query.Language;

/// <summary>WHEN condition THEN result.</summary>
internal readonly record struct CaseBranch(Expression Condition, Expression Result);
