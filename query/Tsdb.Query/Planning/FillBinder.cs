using Tsdb.Core;
using Tsdb.Query.Functions;
using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>Binds SAMPLE BY's FILL to the output columns.</summary>
internal sealed class FillBinder(
    SqlSource source, SelectStatement select, OutputBinder output, ExpressionBinder binder)
{
    /// <summary>The plan; null when nothing is filled.</summary>
    public FillPlan? Bind(RowFilter filter, GroupKeys keys)
    {
        IReadOnlyList<FillItem> items = select.SampleBy?.Fill ?? [];
        if (items.Count == 0 || (items.Count == 1 && items[0].Mode == FillMode.None))
        {
            return null;
        }

        int time = output.FindOrAddSlot(keys.SampleKey, ResultType.Timestamp, "ts");
        List<int> keyColumns = [];
        for (int i = 0; i < keys.Keys.Count; i++)
        {
            if (i != keys.SampleKey)
            {
                keyColumns.Add(output.FindOrAddSlot(i, keys.Keys[i].Type, keys.Keys[i].Describe()));
            }
        }

        FillMode[] modes = new FillMode[output.Columns.Count];
        BoundConstant?[] constants = new BoundConstant?[modes.Length];
        BindItems(items, keys, modes, constants);
        return new FillPlan
        {
            Site = new CallSite(source, select.SampleBy!.Position, "SAMPLE BY"),
            Bucket = ((BoundBucket)keys.Keys[keys.SampleKey]).Bucket,
            FromNs = filter.HasFrom ? filter.Range.FromNs : null,
            LastNs = filter.HasTo ? filter.Range.LastNs : null,
            TimeColumn = time,
            KeyColumns = keyColumns,
            Modes = modes,
            Constants = constants,
        };
    }

    private void BindItems(
        IReadOnlyList<FillItem> items, GroupKeys keys, FillMode[] modes, BoundConstant?[] constants)
    {
        int aggregateCount = 0;
        for (int i = 0; i < modes.Length; i++)
        {
            OutputColumn column = output.Columns[i];
            if (!column.IsAggregate)
            {
                modes[i] = ModeOfKey(column, keys);
                continue;
            }

            if (items.Count > 1 && aggregateCount >= items.Count)
            {
                throw source.Error(items[0].Position, "FILL has fewer items than there are aggregates");
            }

            FillItem item = items.Count == 1 ? items[0] : items[aggregateCount];
            aggregateCount++;
            (modes[i], constants[i]) = BindItem(item, column, isShared: items.Count == 1);
        }

        if (items.Count > 1 && aggregateCount != items.Count)
        {
            throw source.Error(
                items[aggregateCount].Position,
                $"FILL has {items.Count} items for {aggregateCount} aggregates");
        }
    }

    // Keys are the same for each bucket of a series and are carried over; what is computed from ts is not.
    private FillMode ModeOfKey(OutputColumn column, GroupKeys keys)
    {
        HashSet<int> used = [];
        column.Expression.CollectSlots(used);
        if (used.Contains(keys.SampleKey) && column.Expression is not BoundSlot)
        {
            throw source.Error(
                select.SampleBy!.Position, $"FILL does not go with '{column.Name}'", "select ts itself");
        }

        return FillMode.Previous;
    }

    private (FillMode Mode, BoundConstant? Constant) BindItem(
        FillItem item, OutputColumn column, bool isShared)
    {
        ResultType type = column.Expression.Type;
        switch (item.Mode)
        {
            case FillMode.None:
                throw source.Error(item.Position, "NONE stands alone in FILL");
            case FillMode.Linear when !Coercion.IsNumber(type):
                return (FillMode.Null, null);
            case FillMode.Constant:
                BoundExpression value = binder.Bind(item.Value!);
                if (value is not BoundConstant)
                {
                    throw source.Error(item.Position, "FILL takes a constant");
                }

                if (isShared && Coercion.IsNumber(value.Type) && !Coercion.IsNumber(type))
                {
                    return (FillMode.Null, null);
                }

                CallSite site = new(source, item.Position, "FILL");
                return (FillMode.Constant, (BoundConstant)Coercion.To(site, value, type));
            default:
                return (item.Mode, null);
        }
    }
}
