using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>The values that a statement is run with: its parameters, and the instant now() means.</summary>
internal sealed class StatementValues(
    SqlSource source, IReadOnlyDictionary<string, QueryParameter>? parameters, long nowNs)
{
    public long NowNs { get; } = nowNs;

    public BoundConstant Find(ParameterExpression parameter)
    {
        if (parameters is null || !parameters.TryGetValue(parameter.Name, out QueryParameter? value))
        {
            throw source.Error(
                parameter.Position,
                $"no value was given for ${parameter.Name}",
                parameters is null ? null : NearestName.Hint(parameter.Name, parameters.Keys));
        }

        return new BoundConstant(value.Type, value.Word, value.Text, value.Type == Core.ResultType.Null);
    }
}
