using Tsdb.Core;
using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>Names mean the table's columns, row by row.</summary>
/// <param name="source">For errors.</param>
/// <param name="columns">The table's columns.</param>
/// <param name="skipsBad">Whether Bad values read as NULL, as within aggregates.</param>
internal sealed class InputScope(SqlSource source, InputColumns columns, bool skipsBad) : Scope
{
    public override BoundExpression BindColumn(ColumnExpression column)
    {
        InputSlot slot = columns.Find(column);
        return columns.Use(
            skipsBad && slot.Kind == InputKind.Field ? slot with { Kind = InputKind.UsableField } : slot);
    }

    public override BoundExpression BindQuality(CallExpression call, ColumnExpression column)
    {
        InputSlot slot = columns.Find(column);
        if (slot.Kind != InputKind.Field)
        {
            throw source.Error(column.Position, $"'{slot.Name}' has no quality", "only fields have");
        }

        return columns.Use(slot with { Kind = InputKind.Quality, Type = ResultType.Quality });
    }

    public override BoundExpression BindAggregate(CallExpression call, AggregateKind kind) =>
        throw source.Error(
        call.Position,
        skipsBad
            ? $"{call.Name}() cannot stand within another aggregate"
            : $"{call.Name}() cannot stand here",
        skipsBad ? null : "conditions on aggregates go into HAVING");
}
