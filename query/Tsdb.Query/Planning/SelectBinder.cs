using Tsdb.Query.Language;
using Tsdb.Query.Operators.Aggregates;
using Tsdb.Storage;

namespace Tsdb.Query.Planning;

/// <summary>Turns a SELECT as written into a plan: names to columns, clauses to steps.</summary>
internal sealed class SelectBinder
{
    private const int KeyCountMax = 64;

    // More groups than this, and finding the worst of them costs more than it spares.
    private const int TopGroupCountMax = 10_000;

    private readonly SqlSource _source;
    private readonly SelectStatement _select;
    private readonly StatementValues _values;
    private readonly InputColumns _columns;
    private readonly ExpressionBinder _rowBinder;
    private readonly GroupKeys _keys;

    public SelectBinder(SqlSource source, SelectStatement select, StatementValues values, TableSchema? table)
    {
        _source = source;
        _select = select;
        _values = values;
        _columns = new InputColumns(source, select.From, table);
        _rowBinder = new ExpressionBinder(source, new InputScope(source, _columns, skipsBad: false), values);
        _keys = new GroupKeys(source, select, _columns, _rowBinder);
    }

    /// <exception cref="SqlException">The statement cannot be run as written.</exception>
    public SelectPlan Bind()
    {
        BoundExpression? where = _select.Where is null
            ? null
            : _rowBinder.BindCondition(_select.Where, "WHERE");
        bool isGrouped = IsGrouped();
        IReadOnlyList<int>? latestBy = BindLatest(isGrouped);
        GroupedScope? grouped = null;
        Scope scope = new InputScope(_source, _columns, skipsBad: false);
        if (isGrouped)
        {
            _keys.Bind();
            grouped = new GroupedScope(_source, _columns, _values, _keys.Keys, _keys.SampleKey);
            scope = grouped;
        }

        ExpressionBinder binder = new(_source, scope, _values);
        OutputBinder output = new(_source, _select, _columns, binder, grouped is null ? null : _keys);
        output.BindItems();
        BoundExpression? having = _select.Having is null
            ? null
            : binder.BindCondition(_select.Having, "HAVING");
        List<SortKey> order = output.BindOrder();
        RowFilter filter = FilterSplitter.Split(where, _columns.Slots);
        FillPlan? fill = grouped is null
            ? null
            : new FillBinder(_source, _select, output, _rowBinder).Bind(filter, _keys);
        long limit = _select.Limit is null ? long.MaxValue : _rowBinder.BindCount(_select.Limit, "LIMIT");
        long offset = _select.Offset is null ? 0 : _rowBinder.BindCount(_select.Offset, "OFFSET");
        CheckKeyCount(isGrouped ? _keys.Keys.Count : 0);
        CheckKeyCount(_select.IsDistinct ? output.VisibleCount : 0);
        return new SelectPlan
        {
            Scan = _columns.Table is null
                ? null
                : MakeScan(filter, isGrouped || latestBy is not null, output, order, limit, offset),
            LatestBy = latestBy,
            Group = grouped is null
                ? null
                : new GroupPlan
                {
                    Keys = _keys.Keys,
                    Aggregates = grouped.Aggregates,
                    SampleKey = _keys.SampleKey,
                    Having = having,
                    Top = having is null && fill is null && !_select.IsDistinct
                        ? FindTop(output, order, limit, offset)
                        : null,
                },
            Output = output.Columns,
            VisibleCount = output.VisibleCount,
            Fill = fill,
            IsDistinct = _select.IsDistinct,
            Order = order,
            Limit = limit,
            Offset = offset,
        };
    }

    private TopBuckets? FindTop(OutputBinder output, List<SortKey> order, long limit, long offset)
    {
        bool isFew = limit < TopGroupCountMax && offset < TopGroupCountMax && limit + offset > 0;
        return isFew && order.Count > 0
            && output.Columns[order[0].Column].Expression is BoundSlot slot
            && slot.Slot < _keys.Keys.Count
            && _keys.Keys[slot.Slot] is BoundBucket
            && KeyReader.ArePlain(_keys.Keys, _columns.Slots)
            ? new TopBuckets(slot.Slot, (int)(limit + offset), order[0].IsDescending)
            : null;
    }

    private void CheckKeyCount(int count)
    {
        if (count > KeyCountMax)
        {
            throw _source.Error(
                _select.Position, $"grouping by more than {KeyCountMax} columns is not supported");
        }
    }

    private bool IsGrouped()
    {
        bool isGrouped = _select.SampleBy is not null || _select.GroupBy.Count > 0
            || _select.Having is not null;
        foreach (SelectItem item in _select.Items)
        {
            isGrouped |= AggregateFinder.Holds(item.Expression);
        }

        foreach (OrderItem item in _select.OrderBy)
        {
            isGrouped |= AggregateFinder.Holds(item.Expression);
        }

        if (_select.SampleBy is not null && _select.From is null)
        {
            throw _source.Error(_select.SampleBy.Position, "SAMPLE BY needs FROM");
        }

        return isGrouped;
    }

    private List<int>? BindLatest(bool isGrouped)
    {
        LatestOnClause? latest = _select.LatestOn;
        if (latest is null)
        {
            return null;
        }

        if (isGrouped)
        {
            throw _source.Error(latest.Position, "LATEST ON does not go with grouping");
        }

        if (_columns.Find(latest.TimeColumn).Kind != InputKind.Time)
        {
            throw _source.Error(latest.TimeColumn.Position, "LATEST ON takes the time column ts");
        }

        List<int> tags = [];
        foreach (ColumnExpression column in latest.PartitionBy)
        {
            InputSlot slot = _columns.Find(column);
            if (slot.Kind != InputKind.Tag)
            {
                throw _source.Error(column.Position, $"PARTITION BY takes tags; '{slot.Name}' is a field");
            }

            tags.Add(slot.Index);
        }

        return tags;
    }

    private ScanPlan MakeScan(
        RowFilter filter, bool isReduced, OutputBinder output, List<SortKey> order, long limit, long offset)
    {
        bool isDescending = false;
        long rowsPerSeries = long.MaxValue;
        bool isByTime = !isReduced && !_select.IsDistinct && order.Count > 0
            && IsOrderWithinSeries(output, order);
        if (isByTime && limit < long.MaxValue - offset)
        {
            isDescending = order[0].IsDescending;
            rowsPerSeries = limit + offset;
        }

        return new ScanPlan
        {
            Table = _columns.Table!,
            Slots = _columns.Slots,
            Filter = filter,
            IsDescending = isDescending,
            RowsPerSeriesMax = rowsPerSeries,
        };
    }

    // By ts first, then tags: within one series that is the order of time, so of each series the first rows
    // do.
    private bool IsOrderWithinSeries(OutputBinder output, List<SortKey> order)
    {
        for (int i = 0; i < order.Count; i++)
        {
            InputKind expected = i == 0 ? InputKind.Time : InputKind.Tag;
            if (output.Columns[order[i].Column].Expression is not BoundSlot slot
                || _columns.Slots[slot.Slot].Kind != expected)
            {
                return false;
            }
        }

        return true;
    }
}
