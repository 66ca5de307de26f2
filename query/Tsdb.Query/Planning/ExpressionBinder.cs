using Tsdb.Core;
using Tsdb.Query.Functions;
using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>Gives expressions their types and finds what their names mean.</summary>
internal sealed class ExpressionBinder(SqlSource source, Scope scope, StatementValues values)
{
    /// <exception cref="SqlException">A name is unknown or types do not fit.</exception>
    public BoundExpression Bind(Expression expression) => scope.TryBind(expression, this) ?? expression switch
    {
        ColumnExpression column => scope.BindColumn(column),
        CallExpression call => CallBinder.Bind(call, Site(call, call.Name), scope, this, values),
        UnaryExpression unary => BindUnary(unary),
        BinaryExpression binary => BindBinary(binary),
        CaseExpression choice => BindCase(choice),
        CastExpression cast => Casts.Bind(Site(cast, "cast"), Bind(cast.Operand), cast.TypeName),
        InExpression membership => BindIn(membership),
        BetweenExpression between => BindBetween(between),
        IsNullExpression test => Logic.IsNull(
            Site(test, test.IsNegated ? "IS NOT NULL" : "IS NULL"), Bind(test.Operand), test.IsNegated),
        _ => LiteralBinder.Bind(expression, source, values),
    };

    /// <summary>Binds a condition.</summary>
    public BoundExpression BindCondition(Expression expression, string clause)
    {
        BoundExpression bound = Bind(expression);
        return bound.Type is ResultType.Bool or ResultType.Null
            ? Logic.ToBool(Site(expression, clause), bound)
            : throw source.Error(
                expression.Position, $"{clause} needs a condition, not {WordText.NameOf(bound.Type)}");
    }

    /// <summary>Binds an expression that must be a whole number known now, as after LIMIT.</summary>
    public long BindCount(Expression expression, string clause)
    {
        BoundExpression bound = Bind(expression);
        if (bound is BoundConstant { IsNull: false } constant)
        {
            CallSite site = Site(expression, clause);
            long count = (long)((BoundConstant)Coercion.To(site, constant, ResultType.Int64)).Word;
            return count >= 0
                ? count
                : throw source.Error(expression.Position, $"{clause} must not be negative");
        }

        throw source.Error(expression.Position, $"{clause} needs a number");
    }

    private CallSite Site(Expression expression, string name) => new(source, expression.Position, name);

    private BoundExpression BindUnary(UnaryExpression unary)
    {
        CallSite site = Site(unary, unary.Operator);
        BoundExpression operand = Bind(unary.Operand);
        return unary.Operator == "NOT" ? Logic.Not(site, operand) : Arithmetic.Negate(site, operand);
    }

    private BoundExpression BindBinary(BinaryExpression binary)
    {
        CallSite site = Site(binary, binary.Operator);
        BoundExpression left = Bind(binary.Left);
        BoundExpression right = Bind(binary.Right);
        return binary.Operator switch
        {
            "AND" => Logic.And(site, left, right),
            "OR" => Logic.Or(site, left, right),
            "||" => site.Call(
                ResultType.String,
                TextKernels.Concatenate(),
                Casts.To(site, left, ResultType.String),
                Casts.To(site, right, ResultType.String)),
            _ when Comparisons.IsComparison(binary.Operator) => Comparisons.Bind(site, left, right),
            _ when Arithmetic.IsArithmetic(binary.Operator) => Arithmetic.Bind(site, left, right),
            _ => PatternMatch.Bind(site, left, right),
        };
    }

    private BoundExpression BindCase(CaseExpression choice)
    {
        BoundExpression? operand = choice.Operand is null ? null : Bind(choice.Operand);
        List<BoundExpression> arguments = [];
        foreach (CaseBranch branch in choice.Branches)
        {
            BoundExpression condition = Bind(branch.Condition);
            arguments.Add(operand is null
                ? Logic.ToBool(Site(branch.Condition, "WHEN"), condition)
                : Comparisons.Bind(Site(branch.Condition, "="), operand, condition));
            arguments.Add(Bind(branch.Result));
        }

        arguments.Add(
            choice.Otherwise is null ? BoundConstant.Null(ResultType.Null) : Bind(choice.Otherwise));
        return Choices.Case(Site(choice, "case"), arguments);
    }

    private BoundExpression BindIn(InExpression membership)
    {
        CallSite site = Site(membership, "in");
        List<BoundExpression> items = [];
        foreach (Expression item in membership.Items)
        {
            items.Add(Bind(item));
        }

        BoundExpression bound = Membership.Bind(site, Bind(membership.Operand), items);
        return membership.IsNegated ? Logic.Not(site.Named("NOT"), bound) : bound;
    }

    private BoundExpression BindBetween(BetweenExpression between)
    {
        BoundExpression operand = Bind(between.Operand);
        CallSite site = Site(between, "AND");
        BoundExpression bound = Logic.And(
            site,
            Comparisons.Bind(site.Named(">="), operand, Bind(between.Low)),
            Comparisons.Bind(site.Named("<="), operand, Bind(between.High)));
        return between.IsNegated ? Logic.Not(site.Named("NOT"), bound) : bound;
    }
}
