using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>Looks for aggregate calls within expressions as written.</summary>
internal static class AggregateFinder
{
    public static bool Holds(Expression? expression) => expression switch
    {
        CallExpression call => AggregateNames.TryFind(call.Name, out _) || HoldsAny(call.Arguments),
        UnaryExpression unary => Holds(unary.Operand),
        BinaryExpression binary => Holds(binary.Left) || Holds(binary.Right),
        CastExpression cast => Holds(cast.Operand),
        InExpression membership => Holds(membership.Operand) || HoldsAny(membership.Items),
        BetweenExpression between => Holds(between.Operand) || Holds(between.Low) || Holds(between.High),
        IsNullExpression test => Holds(test.Operand),
        CaseExpression choice => HoldsCase(choice),
        _ => false,
    };

    /// <summary>Whether quality() is read anywhere in it: in a sampled select that is an aggregate
    /// too.</summary>
    public static bool IsQuality(Expression expression) => expression is CallExpression { Name: "quality" };

    private static bool HoldsAny(IReadOnlyList<Expression> expressions)
    {
        foreach (Expression expression in expressions)
        {
            if (Holds(expression))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HoldsCase(CaseExpression choice)
    {
        bool holds = Holds(choice.Operand) || Holds(choice.Otherwise);
        foreach (CaseBranch branch in choice.Branches)
        {
            holds |= Holds(branch.Condition) || Holds(branch.Result);
        }

        return holds;
    }
}
