using Tsdb.Core;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Functions;

/// <summary>AND, OR, NOT, IS NULL: three-valued logic on bitmaps of "is true" and "is false".</summary>
internal static class Logic
{
    public static BoundExpression And(CallSite site, BoundExpression left, BoundExpression right) =>
        site.Call(ResultType.Bool, _ => RunAnd, ToBool(site, left), ToBool(site, right));

    public static BoundExpression Or(CallSite site, BoundExpression left, BoundExpression right) =>
        site.Call(ResultType.Bool, _ => RunOr, ToBool(site, left), ToBool(site, right));

    public static BoundExpression Not(CallSite site, BoundExpression operand) => site.Call(
        ResultType.Bool, ElementKernels.Unary<Flip, ulong, ulong>(), ToBool(site, operand));

    public static BoundExpression IsNull(CallSite site, BoundExpression operand, bool isNegated) =>
        site.Call(ResultType.Bool, _ => isNegated ? RunIsNotNull : RunIsNull, operand);

    public static BoundExpression ToBool(CallSite site, BoundExpression expression) =>
        Coercion.To(site, expression, ResultType.Bool);

    private static void RunAnd(ReadOnlySpan<ColumnVector> arguments, ColumnVector result, int rowCount)
    {
        ColumnVector left = arguments[0];
        ColumnVector right = arguments[1];
        result.ClearNulls();
        for (int i = 0; i < rowCount; i++)
        {
            bool leftNull = left.IsNull(i);
            bool rightNull = right.IsNull(i);
            bool isFalse = (!leftNull && left.Words[i] == 0) || (!rightNull && right.Words[i] == 0);
            result.Words[i] = isFalse ? 0UL : 1;
            if (!isFalse && (leftNull || rightNull))
            {
                result.SetNull(i);
            }
        }
    }

    private static void RunOr(ReadOnlySpan<ColumnVector> arguments, ColumnVector result, int rowCount)
    {
        ColumnVector left = arguments[0];
        ColumnVector right = arguments[1];
        result.ClearNulls();
        for (int i = 0; i < rowCount; i++)
        {
            bool leftNull = left.IsNull(i);
            bool rightNull = right.IsNull(i);
            bool isTrue = (!leftNull && left.Words[i] != 0) || (!rightNull && right.Words[i] != 0);
            result.Words[i] = isTrue ? 1UL : 0;
            if (!isTrue && (leftNull || rightNull))
            {
                result.SetNull(i);
            }
        }
    }

    private static void RunIsNull(ReadOnlySpan<ColumnVector> arguments, ColumnVector result, int rowCount)
    {
        result.ClearNulls();
        for (int i = 0; i < rowCount; i++)
        {
            result.Words[i] = arguments[0].IsNull(i) ? 1UL : 0;
        }
    }

    private static void RunIsNotNull(ReadOnlySpan<ColumnVector> arguments, ColumnVector result, int rowCount)
    {
        result.ClearNulls();
        for (int i = 0; i < rowCount; i++)
        {
            result.Words[i] = arguments[0].IsNull(i) ? 0UL : 1;
        }
    }

    private readonly struct Flip : IUnaryOperation<ulong, ulong>
    {
        public static ulong Apply(ulong value) => value ^ 1;
    }
}
