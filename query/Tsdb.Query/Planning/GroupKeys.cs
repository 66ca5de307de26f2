using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>
/// Finds what a statement groups by: GROUP BY's items, and under SAMPLE BY the bucket and every select item
/// without an aggregate.
/// </summary>
internal sealed class GroupKeys(
    SqlSource source, SelectStatement select, InputColumns columns, ExpressionBinder binder)
{
    private readonly List<BoundExpression> _keys = [];

    public IReadOnlyList<BoundExpression> Keys => _keys;

    /// <summary>The key that is the SAMPLE BY bucket, or -1.</summary>
    public int SampleKey { get; private set; } = -1;

    /// <summary>Whether a key is one of the table's tags as it is.</summary>
    public bool IsTag(int key) =>
        _keys[key] is BoundSlot slot && columns.Slots[slot.Slot].Kind == InputKind.Tag;

    public void Bind()
    {
        if (select.SampleBy is not null)
        {
            SampleKey = 0;
            BoundSlot time = columns.Use(columns.All[0]);
            _keys.Add(new BoundBucket(TimeBucket.FromEpoch(select.SampleBy.Every), time));
            foreach (SelectItem item in select.Items)
            {
                AddSampled(item);
            }
        }

        foreach (Expression expression in select.GroupBy)
        {
            Add(binder.Bind(Resolve(expression)));
        }
    }

    private void AddSampled(SelectItem item)
    {
        if (item.Expression is null)
        {
            throw source.Error(
                item.Position, "* does not go with SAMPLE BY", "name the columns and aggregates");
        }

        if (AggregateFinder.Holds(item.Expression) || AggregateFinder.IsQuality(item.Expression))
        {
            return;
        }

        BoundExpression bound = binder.Bind(item.Expression);
        HashSet<int> used = [];
        bound.CollectSlots(used);
        bool readsMoreThanTime = false;
        foreach (int slot in used)
        {
            readsMoreThanTime |= columns.Slots[slot].Kind != InputKind.Time;
        }

        if (readsMoreThanTime)
        {
            Add(bound);
        }
    }

    // An ordinal or an alias stands for its select item; a column of that name comes before an alias.
    private Expression Resolve(Expression expression)
    {
        Expression resolved = expression;
        if (expression is IntegerExpression ordinal)
        {
            if (ordinal.Value < 1 || ordinal.Value > select.Items.Count
                || select.Items[(int)ordinal.Value - 1].Expression is not { } item)
            {
                throw source.Error(
                    ordinal.Position,
                    $"GROUP BY {ordinal.Value} is not one of the {select.Items.Count} select items");
            }

            resolved = item;
        }
        else if (expression is ColumnExpression { Qualifier: null } column
            && !columns.TryFind(column.Name, out _, out _))
        {
            foreach (SelectItem item in select.Items)
            {
                if (column.Name.Equals(
                    item.Alias, StringComparison.OrdinalIgnoreCase) && item.Expression is not null)
                {
                    resolved = item.Expression;
                }
            }
        }

        if (AggregateFinder.Holds(resolved))
        {
            throw source.Error(expression.Position, "aggregates cannot stand in GROUP BY");
        }

        return resolved;
    }

    private void Add(BoundExpression key)
    {
        string text = key.Describe();
        if (!_keys.Exists(other => other.Describe() == text))
        {
            _keys.Add(key);
        }
    }
}
