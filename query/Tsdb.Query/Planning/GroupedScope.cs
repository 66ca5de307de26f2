using Tsdb.Core;
using Tsdb.Query.Functions;
using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>Names mean group keys; aggregate calls are collected. Slots: the keys, then the
/// aggregates.</summary>
internal sealed class GroupedScope : Scope
{
    private readonly SqlSource _source;
    private readonly InputColumns _columns;
    private readonly ExpressionBinder _rowBinder;
    private readonly ExpressionBinder _argumentBinder;
    private readonly IReadOnlyList<BoundExpression> _keys;
    private readonly int _timeKey;
    private readonly bool _isSampled;
    private readonly List<Aggregate> _aggregates = [];

    /// <param name="source">For errors.</param>
    /// <param name="columns">The table's columns.</param>
    /// <param name="parameters">Values of parameters and now().</param>
    /// <param name="keys">What is grouped by, over the scan's slots.</param>
    /// <param name="timeKey">The key that is the SAMPLE BY bucket, which ts then means; -1 without.</param>
    public GroupedScope(
        SqlSource source,
        InputColumns columns,
        StatementValues parameters,
        IReadOnlyList<BoundExpression> keys,
        int timeKey)
    {
        _source = source;
        _columns = columns;
        _keys = keys;
        _timeKey = timeKey;
        _isSampled = timeKey >= 0;
        _rowBinder = new ExpressionBinder(
            source, new InputScope(source, columns, skipsBad: false), parameters);
        _argumentBinder = new ExpressionBinder(
            source, new InputScope(source, columns, skipsBad: true), parameters);
    }

    public IReadOnlyList<Aggregate> Aggregates => _aggregates;

    public override BoundExpression? TryBind(Expression expression, ExpressionBinder binder)
    {
        if (expression is ColumnExpression or CallExpression { Name: "quality" }
            || AggregateFinder.Holds(expression))
        {
            return null;
        }

        BoundExpression bound;
        try
        {
            bound = _rowBinder.Bind(expression);
        }
        catch (SqlException)
        {
            // Its parts are tried next, which gives the same error or a better one.
            return null;
        }

        return bound is BoundConstant ? bound : FindKey(bound);
    }

    public override BoundExpression BindColumn(ColumnExpression column)
    {
        InputSlot slot = _columns.Find(column);
        if (_isSampled && slot.Kind == InputKind.Time)
        {
            return new BoundSlot(ResultType.Timestamp, _timeKey, "ts");
        }

        return FindKey(_columns.Use(slot)) ?? throw _source.Error(
            column.Position,
            $"column '{slot.Name}' must be in GROUP BY or within an aggregate",
            $"as in last({slot.Name})");
    }

    public override BoundExpression BindQuality(CallExpression call, ColumnExpression column)
    {
        BoundExpression quality = _rowBinder.Bind(call);
        return FindKey(quality)
            ?? Add(new Aggregate(
                AggregateKind.Quality, ResultType.Quality, quality, new CallSite(
                    _source, call.Position, call.Name)));
    }

    public override BoundExpression BindAggregate(CallExpression call, AggregateKind kind)
    {
        CallSite site = new(_source, call.Position, call.Name);
        if (call.IsDistinct)
        {
            throw site.Error($"{call.Name}(DISTINCT …) is not supported yet");
        }

        if (call.IsStar)
        {
            return kind == AggregateKind.Count
                ? Add(new Aggregate(AggregateKind.CountRows, ResultType.Int64, null, site))
                : throw site.Error($"{call.Name}(*) has no meaning");
        }

        bool takesTime = kind is AggregateKind.First or AggregateKind.Last;
        int countMin = AggregateNames.RequiresTime(call.Name) ? 2 : 1;
        if (call.Arguments.Count < countMin || call.Arguments.Count > (takesTime ? 2 : 1))
        {
            throw site.Error($"{call.Name}() takes {countMin} arguments, not {call.Arguments.Count}");
        }

        if (call.Arguments.Count == 2
            && _rowBinder.Bind(call.Arguments[1]) is not BoundSlot { Type: ResultType.Timestamp, Name: "ts" })
        {
            throw _source.Error(call.Arguments[1].Position, $"{call.Name}() orders by ts only");
        }

        BoundExpression argument = _argumentBinder.Bind(call.Arguments[0]);
        if (kind == AggregateKind.Count && argument is BoundConstant { IsNull: false })
        {
            return Add(new Aggregate(AggregateKind.CountRows, ResultType.Int64, null, site));
        }

        return Add(new Aggregate(kind, TypeOf(site, kind, ref argument), argument, site));
    }

    private static ResultType TypeOf(CallSite site, AggregateKind kind, ref BoundExpression argument)
    {
        switch (kind)
        {
            case AggregateKind.Count:
                return ResultType.Int64;
            case AggregateKind.Min or AggregateKind.Max or AggregateKind.First or AggregateKind.Last:
                return argument.Type;
            case AggregateKind.Sum or AggregateKind.Average when argument.Type == ResultType.Duration:
                return ResultType.Duration;
            case AggregateKind.Sum when argument.Type == ResultType.Int64:
                return ResultType.Int64;
        }

        if (argument.Type is not (ResultType.Int64 or ResultType.Float64 or ResultType.Null))
        {
            throw site.Error($"{site.Name}() needs numbers, not {WordText.NameOf(argument.Type)}");
        }

        if (argument.Type == ResultType.Null)
        {
            argument = BoundConstant.Null(ResultType.Float64);
        }

        bool isVariance = kind is not (AggregateKind.Sum or AggregateKind.Average);
        argument = isVariance ? Coercion.To(site, argument, ResultType.Float64) : argument;
        return ResultType.Float64;
    }

    private BoundSlot Add(Aggregate aggregate)
    {
        int index = _aggregates.FindIndex(
            other => other.Kind == aggregate.Kind
                && Equals(other.Argument?.Describe(), aggregate.Argument?.Describe()));
        if (index < 0)
        {
            index = _aggregates.Count;
            _aggregates.Add(aggregate);
        }

        return new BoundSlot(aggregate.Type, _keys.Count + index, aggregate.Describe());
    }

    private BoundSlot? FindKey(BoundExpression expression)
    {
        string text = expression.Describe();
        for (int i = 0; i < _keys.Count; i++)
        {
            if (_keys[i].Describe() == text)
            {
                return new BoundSlot(_keys[i].Type, i, text);
            }
        }

        return null;
    }
}
