using Tsdb.Core;
using Tsdb.Query.Functions;
using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>A function or operator where it stands in the statement: makes errors and calls.</summary>
internal sealed class CallSite(SqlSource source, int position, string name)
{
    public string Name { get; } = name;

    /// <summary>The same place under another name.</summary>
    public CallSite Named(string other) => new(source, position, other);

    public SqlException Error(string message, string? hint = null) => source.Error(position, message, hint);

    /// <summary>Refuses a wrong number of arguments.</summary>
    public void RequireCount(IReadOnlyList<BoundExpression> arguments, int countMin, int countMax)
    {
        if (arguments.Count < countMin || arguments.Count > countMax)
        {
            string expected = countMin == countMax ? $"{countMin}"
                : countMax == int.MaxValue ? $"at least {countMin}"
                : $"{countMin} to {countMax}";
            throw Error($"{Name}() takes {expected} arguments, not {arguments.Count}");
        }
    }

    /// <summary>A call; computed at once when all arguments are constants.</summary>
    public BoundExpression Call(ResultType type, KernelFactory factory, params BoundExpression[] arguments)
    {
        BoundCall call = new(type, this, factory, arguments);
        foreach (BoundExpression argument in arguments)
        {
            if (argument is not BoundConstant)
            {
                return call;
            }
        }

        return Evaluator.Fold(call);
    }
}
