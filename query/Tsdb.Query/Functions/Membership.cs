using Tsdb.Core;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Functions;

/// <summary>x IN (…): through a set when all items are constants, else as a chain of comparisons.</summary>
internal static class Membership
{
    private const int ChainCountMax = 1000;

    public static BoundExpression Bind(CallSite site, BoundExpression operand, List<BoundExpression> items)
    {
        bool hasNull = false;
        bool allConstant = true;
        foreach (BoundExpression item in items)
        {
            hasNull |= item is BoundConstant { IsNull: true };
            allConstant &= item is BoundConstant;
        }

        if (!allConstant || hasNull || operand.Type is ResultType.Null or ResultType.Float64)
        {
            return BindChain(site, operand, items);
        }

        BoundExpression[] arguments = new BoundExpression[items.Count + 1];
        arguments[0] = operand;
        items.CopyTo(arguments, 1);
        ResultType type = Choices.CoerceAll(site, arguments);
        if (type is ResultType.Float64)
        {
            return BindChain(site, operand, items);
        }

        return site.Call(ResultType.Bool, type == ResultType.String ? TextSet : WordSet, arguments);
    }

    private static BoundExpression BindChain(
        CallSite site, BoundExpression operand, List<BoundExpression> items)
    {
        if (items.Count > ChainCountMax)
        {
            throw site.Error(
                $"IN takes at most {ChainCountMax} items when they are no integer or text constants");
        }

        BoundExpression? chain = null;
        foreach (BoundExpression item in items)
        {
            BoundExpression test = Comparisons.Bind(site.Named("="), operand, item);
            chain = chain is null ? test : Logic.Or(site.Named("OR"), chain, test);
        }

        return chain!;
    }

    private static Kernel TextSet(BoundCall call)
    {
        HashSet<string> set = new(StringComparer.Ordinal);
        for (int i = 1; i < call.Arguments.Count; i++)
        {
            set.Add(((BoundConstant)call.Arguments[i]).Text!);
        }

        return TextKernels.Test(set.Contains)(call);
    }

    private static Kernel WordSet(BoundCall call)
    {
        HashSet<ulong> set = [];
        for (int i = 1; i < call.Arguments.Count; i++)
        {
            set.Add(((BoundConstant)call.Arguments[i]).Word);
        }

        return (arguments, result, rowCount) =>
        {
            Nulls.Combine(arguments[..1], result, rowCount);
            for (int i = 0; i < rowCount; i++)
            {
                result.Words[i] = set.Contains(arguments[0].Words[i]) ? 1UL : 0;
            }
        };
    }
}
