using Tsdb.Query.Planning;
using Tsdb.Storage;

namespace Tsdb.Query.Operators;

/// <summary>Puts the operators of a plan together, source first.</summary>
internal static class Pipeline
{
    public static RowSource Build(SelectPlan plan, StorageSnapshot? snapshot, QueryContext context)
    {
        RowSource source = BuildInput(plan, snapshot, context);
        if (plan.Group?.Having is { } having)
        {
            source = new FilterSource(source, having, context);
        }

        source = new ProjectSource(source, plan.Output, context);
        if (plan.Fill is not null)
        {
            source = new FillSource(source, plan.Fill, context);
        }

        if (plan.IsDistinct)
        {
            source = new DistinctSource(source, context);
        }

        if (plan.Order.Count > 0)
        {
            source = new SortSource(source, plan.Order, plan.RowsNeeded, context);
        }

        if (plan.Limit < long.MaxValue || plan.Offset > 0)
        {
            source = new LimitSource(source, plan.Limit, plan.Offset);
        }

        return source;
    }

    private static RowSource BuildInput(SelectPlan plan, StorageSnapshot? snapshot, QueryContext context)
    {
        if (plan.Scan is null || snapshot is null)
        {
            return new SingleRowSource();
        }

        if (plan.Group is not null)
        {
            return new AggregateSource(plan.Scan, plan.Group, snapshot, context);
        }

        HashSet<int> used = [];
        foreach (OutputColumn column in plan.Output)
        {
            column.Expression.CollectSlots(used);
        }

        return plan.LatestBy is null
            ? new ScanSource(plan.Scan, used, snapshot, context)
            : new LatestSource(plan.Scan, plan.LatestBy, used, snapshot, context);
    }
}
