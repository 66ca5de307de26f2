using Tsdb.Core;
using Tsdb.Query.Functions;

namespace Tsdb.Query.Planning;

/// <summary>Splits a bound WHERE condition into time range, tag predicates and the rest.</summary>
internal sealed class FilterSplitter(IReadOnlyList<InputSlot> slots)
{
    private readonly RowFilter _filter = new();

    public static RowFilter Split(BoundExpression? condition, IReadOnlyList<InputSlot> slots)
    {
        FilterSplitter splitter = new(slots);
        if (condition is not null)
        {
            splitter.Add(condition);
        }

        return splitter._filter;
    }

    private void Add(BoundExpression condition)
    {
        if (condition is BoundCall { Site.Name: "AND" } both)
        {
            Add(both.Arguments[0]);
            Add(both.Arguments[1]);
        }
        else if (condition is BoundConstant constant)
        {
            if (constant.IsNull || constant.Word == 0)
            {
                _filter.Range = new TimeRange(0, 0);
            }
        }
        else if (!TryAddTime(condition))
        {
            AddToTagsOrResidual(condition);
        }
    }

    private void AddToTagsOrResidual(BoundExpression condition)
    {
        HashSet<int> used = [];
        condition.CollectSlots(used);
        bool isTagsOnly = used.Count > 0;
        foreach (int slot in used)
        {
            isTagsOnly &= slots[slot].Kind == InputKind.Tag;
        }

        if (isTagsOnly)
        {
            _filter.TagPredicates.Add(condition);
            return;
        }

        _filter.Residual.Add(condition);
        if (TryReadComparison(condition, out BoundSlot? field, out string symbol, out BoundConstant? value)
            && slots[field!.Slot].Kind == InputKind.Field && Coercion.IsNumber(field.Type))
        {
            double number = value!.Type == ResultType.Float64
                ? BitConverter.UInt64BitsToDouble(value.Word)
                : (long)value.Word;
            bool isExact = value.Type == ResultType.Float64 || Math.Abs(number) < 1L << 53;
            if (isExact && !double.IsNaN(number))
            {
                _filter.BlockBounds.Add(new BlockBound(field.Slot, field.Type, symbol, number));
            }
        }
    }

    private bool TryAddTime(BoundExpression condition)
    {
        if (!TryReadComparison(condition, out BoundSlot? time, out string symbol, out BoundConstant? value)
            || slots[time!.Slot].Kind != InputKind.Time || symbol == "<>")
        {
            return false;
        }

        long instantNs = (long)value!.Word;
        long afterNs = instantNs == long.MaxValue ? long.MaxValue : instantNs + 1;
        TimeRange range = symbol switch
        {
            "<" => new TimeRange(long.MinValue, instantNs),
            "<=" => new TimeRange(long.MinValue, afterNs),
            ">" => new TimeRange(afterNs, long.MaxValue),
            ">=" => new TimeRange(instantNs, long.MaxValue),
            _ => new TimeRange(instantNs, afterNs),
        };
        if (instantNs == long.MaxValue && symbol is "<" or ">")
        {
            // The end of TimeRange at the last instant means "no end": these two are left to the row filter.
            return false;
        }

        _filter.HasFrom |= symbol is ">" or ">=" or "=";
        _filter.HasTo |= symbol is "<" or "<=" or "=";
        _filter.Range = _filter.Range.Intersect(range);
        return true;
    }

    // Column on the left, a constant that is not NULL on the right; sees through the widening to binary64.
    private static bool TryReadComparison(
        BoundExpression condition, out BoundSlot? slot, out string symbol, out BoundConstant? value)
    {
        slot = null;
        value = null;
        symbol = "";
        if (condition is not BoundCall { Arguments.Count: 2 } call
            || !Comparisons.IsComparison(call.Site.Name))
        {
            return false;
        }

        symbol = call.Site.Name;
        BoundExpression left = call.Arguments[0];
        BoundExpression right = call.Arguments[1];
        if (left is BoundConstant)
        {
            (left, right) = (right, left);
            symbol = Comparisons.Mirror(symbol);
        }

        slot = left is BoundCall { Site.Name: "double" } widened
            ? widened.Arguments[0] as BoundSlot
            : left as BoundSlot;
        value = right as BoundConstant;
        return slot is not null && value is { IsNull: false, Text: null };
    }
}
