using Tsdb.Core;
using Tsdb.Query.Functions;
using Tsdb.Query.Planning;
using Tsdb.Storage;

namespace Tsdb.Query.Scan;

/// <summary>
/// Chooses the series that a filter's tag predicates let through: sets of series, combined.
/// </summary>
internal static class SeriesSelection
{
    private const int BatchCount = 1024;

    // A few series are looked up one by one faster than those of the whole range are gathered.
    private const int LookedUpCountMax = 256;

    /// <summary>Ordinals, ascending; charged to the query.</summary>
    public static int[] Choose(
        ScanPlan plan, TagColumns tags, StorageSnapshot snapshot, QueryContext context)
    {
        int[] series = Choose(plan, tags, snapshot);
        context.Charge((long)series.Length * sizeof(int));
        return series;
    }

    private static int[] Choose(ScanPlan plan, TagColumns tags, StorageSnapshot snapshot)
    {
        if (plan.Filter.Range.IsEmpty)
        {
            return [];
        }

        SeriesSet chosen = ChooseSet(plan, tags);
        bool isBounded = plan.Filter.HasFrom || plan.Filter.HasTo;
        return isBounded && chosen.Count > LookedUpCountMax
            ? chosen.And(snapshot.FindSeries(plan.Table, plan.Filter.Range)).ToArray()
            : chosen.ToArray();
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

    /// <summary>The series whose tags pass, whether or not they have rows.</summary>
    public static SeriesSet ChooseSet(ScanPlan plan, TagColumns tags)
    {
        SeriesSet chosen = SeriesSet.All(tags.Index.SeriesCount);
        foreach (BoundExpression predicate in plan.Filter.TagPredicates)
        {
            if (IsIndexed(predicate))
            {
                chosen = chosen.And(Lookup((BoundCall)predicate, tags));
            }
        }

        foreach (BoundExpression predicate in plan.Filter.TagPredicates)
        {
            if (!IsIndexed(predicate))
            {
                chosen = TryFind(predicate, plan, tags, chosen.Count) is { } found
                    ? chosen.And(found)
                    : Test(predicate, chosen.ToArray(), plan, tags);
            }
        }

        return chosen;
    }

    /// <summary>
    /// The series for which a predicate is true, found without a look at each; null when that cannot be
    /// done, or costs more than to test the candidates.
    /// </summary>
    private static SeriesSet? TryFind(
        BoundExpression predicate, ScanPlan plan, TagColumns tags, int candidateCount)
    {
        if (IsIndexed(predicate))
        {
            return Lookup((BoundCall)predicate, tags);
        }

        HashSet<int> used = [];
        predicate.CollectSlots(used);
        if (used.Count == 1)
        {
            int slot = used.Single();
            return tags.GetTexts(slot).Count <= candidateCount
                ? FindByDictionary(predicate, slot, plan, tags)
                : null;
        }

        // Three-valued logic: AND is true where both sides are, OR where one is, whatever the NULLs.
        if (predicate is BoundCall { Site.Name: "AND" or "OR" } call
            && TryFind(call.Arguments[0], plan, tags, candidateCount) is { } left
            && TryFind(call.Arguments[1], plan, tags, candidateCount) is { } right)
        {
            return call.Site.Name == "AND" ? left.And(right) : left.Or(right);
        }

        return null;
    }

    private static SeriesSet Lookup(BoundCall predicate, TagColumns tags)
    {
        int slot = ((BoundSlot)predicate.Arguments[0]).Slot;
        HashSet<string> values = new(StringComparer.Ordinal);
        SeriesSet found = SeriesSet.Empty;
        for (int i = 1; i < predicate.Arguments.Count; i++)
        {
            string value = ((BoundConstant)predicate.Arguments[i]).Text!;
            if (values.Add(value))
            {
                found = found.Or(tags.FindSeries(slot, value));
            }
        }

        return found;
    }

    /// <summary>Asks the predicate once for each value of the tag and once for its absence.</summary>
    private static SeriesSet FindByDictionary(
        BoundExpression predicate, int slot, ScanPlan plan, TagColumns tags)
    {
        Evaluator evaluator = new(predicate, context: null);
        ColumnVector[] slots = new ColumnVector[plan.Slots.Count];
        ColumnVector column = new() { Type = ResultType.String };
        slots[slot] = column;
        column.EnsureCapacity(BatchCount);
        column.Texts = tags.GetTexts(slot);
        ulong[] values = new ulong[(column.Texts.Count + 63) / 64];
        for (int start = 0; start < column.Texts.Count; start += BatchCount)
        {
            int count = Math.Min(BatchCount, column.Texts.Count - start);
            column.ClearNulls();
            for (int i = 0; i < count; i++)
            {
                column.Words[i] = (ulong)(start + i);
            }

            ColumnVector outcome = evaluator.Evaluate(slots, count);
            for (int i = 0; i < count; i++)
            {
                if (!outcome.IsNull(i) && outcome.Words[i] != 0)
                {
                    values[(start + i) / 64] |= 1UL << ((start + i) % 64);
                }
            }
        }

        column.ClearNulls();
        column.Words[0] = ulong.MaxValue;
        column.SetNull(0);
        ColumnVector absent = evaluator.Evaluate(slots, 1);
        bool matchesAbsent = !absent.IsNull(0) && absent.Words[0] != 0;
        return tags.FindSeries(slot, values, matchesAbsent);
    }

    private static SeriesSet Test(BoundExpression predicate, int[] ordinals, ScanPlan plan, TagColumns tags)
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

        return SeriesSet.Of(passed.ToArray());
    }
}
