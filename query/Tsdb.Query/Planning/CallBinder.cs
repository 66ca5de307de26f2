using Tsdb.Query.Functions;
using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>Finds what a call by name is: an aggregate, a bucket, a function.</summary>
internal static class CallBinder
{
    public static BoundExpression Bind(
        CallExpression call, CallSite site, Scope scope, ExpressionBinder binder, StatementValues values)
    {
        if (AggregateNames.TryFind(call.Name, out AggregateKind kind))
        {
            return scope.BindAggregate(call, kind);
        }

        if (call.Name == "quality")
        {
            return call.Arguments is [ColumnExpression column]
                ? scope.BindQuality(call, column)
                : throw site.Error("quality() takes one column");
        }

        if (BucketFunctions.IsBucket(call.Name))
        {
            return BucketFunctions.Bind(site, call, binder);
        }

        if (call.IsStar || call.IsDistinct)
        {
            throw site.Error($"{call.Name}() is no aggregate");
        }

        BoundExpression[] arguments = new BoundExpression[call.Arguments.Count];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = binder.Bind(call.Arguments[i]);
        }

        if (call.Name == "now")
        {
            site.RequireCount(arguments, 0, 0);
            return BoundConstant.Instant(values.NowNs);
        }

        return ScalarFunctions.TryBind(site, arguments) ?? throw site.Error(
            $"unknown function '{call.Name}'",
            NearestName.Hint(
                call.Name, [.. ScalarFunctions.Names, .. AggregateNames.All, .. BucketFunctions.Names]));
    }
}
