using Tsdb.Core;
using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>Literals and parameters as constants.</summary>
internal static class LiteralBinder
{
    public static BoundConstant Bind(Expression expression, SqlSource source, StatementValues values) =>
        expression switch
        {
            NullExpression => BoundConstant.Null(ResultType.Null),
            BoolExpression literal => BoundConstant.Bool(literal.Value),
            IntegerExpression literal => BoundConstant.Integer(literal.Value),
            NumberExpression literal => BoundConstant.Number(literal.Value),
            TextExpression literal => BoundConstant.Of(literal.Value),
            TimestampExpression literal => BoundConstant.Instant(literal.TimestampNs),
            DurationExpression { Value.Months: 0 } literal => BoundConstant.Span(literal.Value.Ns),
            DurationExpression => throw source.Error(
                expression.Position, "calendar months have no fixed length here", "use days, as in 30d"),
            ParameterExpression parameter => values.Find(parameter),
            _ => throw new InvalidOperationException(expression.GetType().Name),
        };
}
