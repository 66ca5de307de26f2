using Tsdb.Core;
using Tsdb.Query.Scan;

namespace Tsdb.Query.Planning;

/// <summary>A plan as EXPLAIN's lines, last step first.</summary>
internal sealed class PlanText
{
    private readonly List<string> _lines = [];

    public static IReadOnlyList<string> Describe(SelectPlan plan)
    {
        PlanText text = new();
        text.AddOutput(plan);
        text.AddInput(plan);
        return text._lines;
    }

    private void AddOutput(SelectPlan plan)
    {
        if (plan.Limit < long.MaxValue || plan.Offset > 0)
        {
            Add($"Limit: {(plan.Limit == long.MaxValue ? "all" : plan.Limit)} offset {plan.Offset}");
        }

        if (plan.Order.Count > 0)
        {
            IEnumerable<string> keys = plan.Order.Select(key =>
                plan.Output[key.Column].Expression.Describe() + (key.IsDescending ? " DESC" : ""));
            Add($"Sort: {string.Join(", ", keys)}");
        }

        if (plan.IsDistinct)
        {
            Add("Distinct");
        }

        if (plan.Fill is { } fill)
        {
            string from = fill.FromNs is { } fromNs ? new Timestamp(fromNs).ToString() : "first bucket";
            string to = fill.LastNs is { } lastNs ? new Timestamp(lastNs).ToString() : "last bucket";
            Add($"Fill: every {fill.Bucket} per series, {from} to {to}, max gap off");
        }

        Add($"Project: {string.Join(", ", plan.Output.Select(column => column.Expression.Describe()))}");
    }

    private void AddInput(SelectPlan plan)
    {
        if (plan.Group is { } group)
        {
            if (group.Having is not null)
            {
                Add($"Having: {group.Having.Describe()}");
            }

            string keys = group.Keys.Count == 0
                ? "all rows"
                : string.Join(", ", group.Keys.Select(key => key.Describe()));
            string aggregates = string.Join(", ", group.Aggregates.Select(aggregate => aggregate.Describe()));
            Add($"Aggregate: by {keys}: {aggregates}");
        }

        if (plan.Scan is null)
        {
            Add("One row");
            return;
        }

        if (plan.LatestBy is { } latest)
        {
            Add($"Latest: by {string.Join(", ", latest.Select(tag => plan.Scan.Table.TagKeys[tag]))}");
        }

        AddScan(plan.Scan, plan);
    }

    private void AddScan(ScanPlan scan, SelectPlan plan)
    {
        RowFilter filter = scan.Filter;
        bool isDescending = scan.IsDescending || plan.LatestBy is not null;
        Add($"Scan: {scan.Table.Name}{(isDescending ? ", latest first" : "")}");
        string from = filter.HasFrom ? new Timestamp(filter.Range.FromNs).ToString() : "-";
        string to = filter.HasTo ? new Timestamp(filter.Range.ToNs).ToString() : "-";
        Add(filter.Range.IsEmpty ? "  time: none" : $"  time: [{from}, {to})");
        foreach (BoundExpression predicate in filter.TagPredicates)
        {
            Add($"  tags{(SeriesSelection.IsIndexed(predicate) ? " by index" : "")}: {predicate.Describe()}");
        }

        foreach (BoundExpression residual in filter.Residual)
        {
            Add($"  rows: {residual.Describe()}");
        }

        if (filter.BlockBounds.Count > 0)
        {
            Add($"  blocks pruned by statistics of: {string.Join(", ", filter.BlockBounds.Select(
                bound => scan.Slots[bound.Slot].Name).Distinct())}");
        }

        if (plan.Group is not null && filter.Residual.Count == 0)
        {
            Add("  blocks inside one group answered from statistics");
        }

        if (plan.Group?.Top is { } top)
        {
            Add($"  buckets: only the {(top.IsLatest ? "latest" : "earliest")} of {top.GroupCount} groups");
        }

        if (scan.RowsPerSeriesMax < long.MaxValue)
        {
            Add($"  rows of each series: {scan.RowsPerSeriesMax}");
        }

        Add($"  columns: {string.Join(", ", scan.Slots.Select(slot => slot.Name).Distinct())}");
    }

    private void Add(string line) => _lines.Add(line);
}
