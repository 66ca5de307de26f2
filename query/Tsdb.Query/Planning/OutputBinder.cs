using Tsdb.Core;
using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>Binds the select list and ORDER BY to output columns.</summary>
/// <param name="source">For errors.</param>
/// <param name="select">The statement.</param>
/// <param name="columns">The table's columns.</param>
/// <param name="binder">Binds in the scope of the select list.</param>
/// <param name="keys">What is grouped by; null when not grouped.</param>
internal sealed class OutputBinder(
    SqlSource source, SelectStatement select, InputColumns columns, ExpressionBinder binder, GroupKeys? keys)
{
    private readonly List<OutputColumn> _columns = [];

    /// <summary>Visible columns, then hidden ones.</summary>
    public IReadOnlyList<OutputColumn> Columns => _columns;

    public int VisibleCount { get; private set; }

    public void BindItems()
    {
        foreach (SelectItem item in select.Items)
        {
            if (item.Expression is not null)
            {
                _columns.Add(Bind(item.Expression, item.Alias ?? NameOf(item)));
            }
            else
            {
                AddStar(item);
            }
        }

        VisibleCount = _columns.Count;
    }

    public List<SortKey> BindOrder()
    {
        List<SortKey> order = [];
        foreach (OrderItem item in select.OrderBy)
        {
            // PostgreSQL's rule: NULL counts as greater than everything.
            order.Add(new SortKey(
                FindOrAdd(item.Expression), item.IsDescending, item.NullsFirst ?? item.IsDescending));
        }

        if (order.Count == 0 && keys is { SampleKey: >= 0 })
        {
            AddSampleOrder(order);
        }

        if (select.IsDistinct && _columns.Count > VisibleCount)
        {
            throw source.Error(
                select.Position, "with DISTINCT, ORDER BY takes items of the select list only");
        }

        return order;
    }

    /// <summary>The column that shows a slot of the stage before, hidden if the select list has
    /// none.</summary>
    public int FindOrAddSlot(int slot, ResultType type, string name)
    {
        int index = _columns.FindIndex(column => column.Expression is BoundSlot other && other.Slot == slot);
        if (index < 0)
        {
            index = _columns.Count;
            _columns.Add(new OutputColumn(name, new BoundSlot(type, slot, name), false, false));
        }

        return index;
    }

    private void AddStar(SelectItem item)
    {
        if (keys is not null)
        {
            throw source.Error(
                item.Position, "* does not go with GROUP BY or aggregates", "name the columns");
        }

        if (columns.Table is null)
        {
            throw source.Error(item.Position, "* needs FROM");
        }

        foreach (InputSlot slot in columns.All)
        {
            _columns.Add(new OutputColumn(slot.Name, columns.Use(slot), slot.Kind == InputKind.Tag, false));
        }
    }

    private OutputColumn Bind(Expression expression, string name)
    {
        BoundExpression bound = binder.Bind(expression);
        bool isTag = bound is BoundSlot slot && (keys is null
            ? columns.Slots[slot.Slot].Kind == InputKind.Tag
            : slot.Slot < keys.Keys.Count && keys.IsTag(slot.Slot));
        HashSet<int> used = [];
        bound.CollectSlots(used);
        bool isAggregate = false;
        foreach (int index in used)
        {
            isAggregate |= keys is not null && index >= keys.Keys.Count;
        }

        return new OutputColumn(name, bound, isTag, isAggregate);
    }

    private string NameOf(SelectItem item)
    {
        if (item.Expression is not ColumnExpression column)
        {
            return item.Text;
        }

        InputSlot slot = columns.Find(column);
        return slot.Kind == InputKind.Time ? column.Name : slot.Name;
    }

    private int FindOrAdd(Expression expression)
    {
        if (expression is IntegerExpression ordinal)
        {
            return ordinal.Value >= 1 && ordinal.Value <= VisibleCount
                ? (int)ordinal.Value - 1
                : throw source.Error(
                    ordinal.Position, $"ORDER BY {ordinal.Value} is not one of the {VisibleCount} columns");
        }

        if (expression is ColumnExpression { Qualifier: null } column)
        {
            int named = FindNamed(column.Name);
            if (named >= 0)
            {
                return named;
            }
        }

        OutputColumn hidden = Bind(expression, "order");
        string text = hidden.Expression.Describe();
        int index = _columns.FindIndex(other => other.Expression.Describe() == text);
        if (index < 0)
        {
            index = _columns.Count;
            _columns.Add(hidden);
        }

        return index;
    }

    private int FindNamed(string name)
    {
        int exact = _columns.FindIndex(0, VisibleCount, column => column.Name == name);
        return exact >= 0
            ? exact
            : _columns.FindIndex(
                0, VisibleCount, column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private void AddSampleOrder(List<SortKey> order)
    {
        order.Add(new SortKey(FindOrAddSlot(keys!.SampleKey, ResultType.Timestamp, "ts"), false, false));
        for (int i = 0; i < keys.Keys.Count; i++)
        {
            if (i != keys.SampleKey)
            {
                order.Add(
                    new SortKey(FindOrAddSlot(i, keys.Keys[i].Type, keys.Keys[i].Describe()), false, false));
            }
        }
    }
}
