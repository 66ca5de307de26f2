using Tsdb.Core;
using Tsdb.Query.Functions;
using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>time_bucket(every, ts [, origin]), its synonym date_bin, and date_trunc(unit, ts).</summary>
internal static class BucketFunctions
{
    public static IReadOnlyList<string> Names { get; } = ["time_bucket", "date_bin", "date_trunc"];

    public static bool IsBucket(string name) => name is "time_bucket_gapfill" || Names.Contains(name);

    public static BoundExpression Bind(CallSite site, CallExpression call, ExpressionBinder binder)
    {
        if (call.Name == "time_bucket_gapfill")
        {
            throw site.Error("time_bucket_gapfill() is not supported yet", "use SAMPLE BY … FILL(…)");
        }

        int countMax = call.Name == "date_trunc" ? 2 : 3;
        if (call.Arguments.Count < 2 || call.Arguments.Count > countMax)
        {
            throw site.Error($"{call.Name}() takes 2 to {countMax} arguments, not {call.Arguments.Count}");
        }

        DurationLiteral every = call.Name == "date_trunc"
            ? ReadUnit(site, call.Arguments[0], binder)
            : ReadEvery(site, call.Arguments[0], binder);
        if (every.Months < 0 || every.Ns < 0 || (every.Months == 0) == (every.Ns == 0))
        {
            throw site.Error("the interval must be positive, and whole months or a fixed time, not both");
        }

        BoundExpression time = Coercion.To(site, binder.Bind(call.Arguments[1]), ResultType.Timestamp);
        TimeBucket bucket = TimeBucket.FromEpoch(every);
        if (call.Arguments.Count == 3)
        {
            bucket = bucket with { OriginNs = ReadOrigin(site, call.Arguments[2], binder) };
        }

        return time is BoundConstant { IsNull: false } constant
            ? BoundConstant.Instant(bucket.FloorNs((long)constant.Word))
            : new BoundBucket(bucket, time);
    }

    private static DurationLiteral ReadEvery(CallSite site, Expression expression, ExpressionBinder binder)
    {
        if (expression is DurationExpression literal)
        {
            return literal.Value;
        }

        BoundExpression bound = binder.Bind(expression);
        if (bound is BoundConstant { Type: ResultType.Duration } span)
        {
            return new DurationLiteral(0, (long)span.Word);
        }

        if (bound is BoundConstant { Text: { } text } && DurationLiteral.TryParse(
            text, out DurationLiteral every))
        {
            return every;
        }

        throw site.Error($"{site.Name}() needs an interval first", $"as in {site.Name}('5m', ts)");
    }

    private static DurationLiteral ReadUnit(CallSite site, Expression expression, ExpressionBinder binder)
    {
        string? unit = (binder.Bind(expression) as BoundConstant)?.Text;
        if (unit is not null && unit.Equals("quarter", StringComparison.OrdinalIgnoreCase))
        {
            return new DurationLiteral(3, 0);
        }

        return unit is { Length: > 1 } && DurationLiteral.TryFindUnit(unit, out DurationLiteral every)
            ? every
            : throw site.Error("date_trunc() needs a unit first", "as in date_trunc('minute', ts)");
    }

    private static long ReadOrigin(CallSite site, Expression expression, ExpressionBinder binder)
    {
        BoundExpression origin = Coercion.To(site, binder.Bind(expression), ResultType.Timestamp);
        return origin is BoundConstant { IsNull: false } constant
            ? (long)constant.Word
            : throw site.Error($"{site.Name}() needs a constant origin");
    }
}
