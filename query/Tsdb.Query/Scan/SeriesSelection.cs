using Tsdb.Core;
using Tsdb.Query.Functions;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Scan;

/// <summary>Chooses the series that a filter's tag predicates let through.</summary>
internal static class SeriesSelection
{
    private const int BatchCount = 1024;

    /// <summary>Ordinals, ascending.</summary>
    public static int[] Choose(ScanPlan plan, TagColumns tags)
    {
        RowFilter filter = plan.Filter;
        if (filter.Range.IsEmpty)
        {
            return [];
        }

        int[]? chosen = null;
        foreach (BoundExpression predicate in filter.TagPredicates)
        {
            if (IsIndexed(predicate))
            {
                int[] found = Lookup((BoundCall)predicate, tags);
                chosen = chosen is null ? found : Intersect(chosen, found);
            }
        }

        chosen ??= All(tags.Index.SeriesCount);
        foreach (BoundExpression predicate in filter.TagPredicates)
        {
            if (!IsIndexed(predicate))
            {
                chosen = Test(predicate, chosen, plan, tags);
            }
        }

        return chosen;
    }

    /// <summary>Whether the index answers the predicate: tag = 'value' or tag IN ('value', …).</summary>
    public static bool IsIndexed(BoundExpression predicate)
    {
        if (predicate is not BoundCall { Site.Name: "=" or "in" } call || call.Arguments[0] is not BoundSlot)
        {
            return false;
        }

        for (int i = 1; i < call.Arguments.Count; i++)
        {
            if (call.Arguments[i] is not BoundConstant { Text: not null })
            {
                return false;
            }
        }

        return true;
    }

    private static int[] Lookup(BoundCall predicate, TagColumns tags)
    {
        int slot = ((BoundSlot)predicate.Arguments[0]).Slot;
        HashSet<string> values = new(StringComparer.Ordinal);
        List<int> found = [];
        for (int i = 1; i < predicate.Arguments.Count; i++)
        {
            string value = ((BoundConstant)predicate.Arguments[i]).Text!;
            if (values.Add(value))
            {
                found.AddRange(tags.FindSeries(slot, value));
            }
        }

        found.Sort();
        return [.. found];
    }

    private static int[] Intersect(int[] left, int[] right)
    {
        List<int> both = [];
        int j = 0;
        foreach (int ordinal in left)
        {
            while (j < right.Length && right[j] < ordinal)
            {
                j++;
            }

            if (j < right.Length && right[j] == ordinal)
            {
                both.Add(ordinal);
            }
        }

        return [.. both];
    }

    private static int[] All(int count)
    {
        int[] all = new int[count];
        for (int i = 0; i < count; i++)
        {
            all[i] = i;
        }

        return all;
    }

    private static int[] Test(BoundExpression predicate, int[] ordinals, ScanPlan plan, TagColumns tags)
    {
        Evaluator evaluator = new(predicate, context: null);
        HashSet<int> used = [];
        predicate.CollectSlots(used);
        ColumnVector[] slots = new ColumnVector[plan.Slots.Count];
        foreach (int slot in used)
        {
            slots[slot] = new ColumnVector { Type = ResultType.String };
        }

        List<int> passed = [];
        for (int start = 0; start < ordinals.Length; start += BatchCount)
        {
            ReadOnlySpan<int> batch = ordinals.AsSpan(start, Math.Min(BatchCount, ordinals.Length - start));
            foreach (int slot in used)
            {
                tags.Fill(slot, batch, slots[slot]);
            }

            ColumnVector outcome = evaluator.Evaluate(slots, batch.Length);
            for (int i = 0; i < batch.Length; i++)
            {
                if (!outcome.IsNull(i) && outcome.Words[i] != 0)
                {
                    passed.Add(batch[i]);
                }
            }
        }

        return [.. passed];
    }
}
