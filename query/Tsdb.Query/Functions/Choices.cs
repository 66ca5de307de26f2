using Tsdb.Core;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Functions;

/// <summary>CASE, coalesce, nullif, greatest, least: functions that choose one of their arguments.</summary>
internal static class Choices
{
    /// <summary>CASE: arguments are condition, result, condition, result …, otherwise.</summary>
    public static BoundExpression Case(CallSite site, List<BoundExpression> arguments)
    {
        BoundExpression[] results = new BoundExpression[(arguments.Count + 1) / 2];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = arguments[Math.Min((i * 2) + 1, arguments.Count - 1)];
        }

        ResultType type = CoerceAll(site, results);
        for (int i = 0; i < results.Length; i++)
        {
            arguments[Math.Min((i * 2) + 1, arguments.Count - 1)] = results[i];
        }

        return site.Call(type, Choosing(RunCase), [.. arguments]);
    }

    public static BoundExpression Coalesce(CallSite site, BoundExpression[] arguments)
    {
        site.RequireCount(arguments, 1, int.MaxValue);
        return site.Call(CoerceAll(site, arguments), Choosing(RunCoalesce), arguments);
    }

    public static BoundExpression NullIf(CallSite site, BoundExpression[] arguments)
    {
        site.RequireCount(arguments, 2, 2);
        CallSite equal = site.Named("=");
        BoundExpression test = Comparisons.Bind(equal, arguments[0], arguments[1]);
        BoundExpression value = arguments[0];
        return Case(site, [test, BoundConstant.Null(value.Type), value]);
    }

    /// <summary>greatest and least skip NULLs, as PostgreSQL's do.</summary>
    public static BoundExpression Extreme(CallSite site, BoundExpression[] arguments)
    {
        site.RequireCount(arguments, 1, int.MaxValue);
        ResultType type = CoerceAll(site, arguments);
        int sign = site.Name == "least" ? -1 : 1;
        return site.Call(type, Choosing((values, row) => RunExtreme(values, row, type, sign)), arguments);
    }

    /// <summary>Brings all to one type, in place.</summary>
    public static ResultType CoerceAll(CallSite site, BoundExpression[] arguments)
    {
        BoundExpression common = arguments[0];
        foreach (BoundExpression argument in arguments)
        {
            ResultType type = Coercion.CommonType(site, common, argument);
            if (type != common.Type || argument is not BoundConstant)
            {
                common = new BoundSlot(type, 0, "");
            }
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Coercion.To(site, arguments[i], common.Type);
        }

        return common.Type;
    }

    // Which argument each row takes; -1 for NULL.
    private delegate int Chooser(ReadOnlySpan<ColumnVector> arguments, int row);

    private static KernelFactory Choosing(Chooser choose) => call =>
    {
        TextPool? pool = call.Type == ResultType.String ? new TextPool() : null;
        return (arguments, result, rowCount) =>
        {
            result.ClearNulls();
            result.Texts = pool is null ? [] : pool;
            for (int i = 0; i < rowCount; i++)
            {
                int chosen = choose(arguments, i);
                if (chosen < 0 || arguments[chosen].IsNull(i))
                {
                    result.SetNull(i);
                    continue;
                }

                ulong word = arguments[chosen].Words[i];
                result.Words[i] = pool is null
                    ? word
                    : (ulong)pool.Intern(arguments[chosen].Texts[(int)word]);
            }
        };
    };

    private static int RunCase(ReadOnlySpan<ColumnVector> arguments, int row)
    {
        for (int i = 0; i + 1 < arguments.Length; i += 2)
        {
            if (!arguments[i].IsNull(row) && arguments[i].Words[row] != 0)
            {
                return i + 1;
            }
        }

        return arguments.Length - 1;
    }

    private static int RunCoalesce(ReadOnlySpan<ColumnVector> arguments, int row)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            if (!arguments[i].IsNull(row))
            {
                return i;
            }
        }

        return -1;
    }

    private static int RunExtreme(ReadOnlySpan<ColumnVector> arguments, int row, ResultType type, int sign)
    {
        int best = -1;
        for (int i = 0; i < arguments.Length; i++)
        {
            bool isBetter = !arguments[i].IsNull(row)
                && (best < 0 || sign * Compare(arguments[i], arguments[best], row, type) > 0);
            best = isBetter ? i : best;
        }

        return best;
    }

    private static int Compare(ColumnVector left, ColumnVector right, int row, ResultType type) => type switch
    {
        ResultType.Float64 => left.Doubles[row].CompareTo(right.Doubles[row]),
        ResultType.String => string.CompareOrdinal(
            left.Texts[(int)left.Words[row]], right.Texts[(int)right.Words[row]]),
        _ => left.Longs[row].CompareTo(right.Longs[row]),
    };
}
