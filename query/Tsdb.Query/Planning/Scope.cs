using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>What names and aggregate calls mean where an expression stands.</summary>
internal abstract class Scope
{
    /// <summary>A chance to take a whole expression before its parts are looked at; null to pass.</summary>
    public virtual BoundExpression? TryBind(Expression expression, ExpressionBinder binder) => null;

    public abstract BoundExpression BindColumn(ColumnExpression column);

    /// <summary>Binds quality(column).</summary>
    public abstract BoundExpression BindQuality(CallExpression call, ColumnExpression column);

    public abstract BoundExpression BindAggregate(CallExpression call, AggregateKind kind);
}
