using System.Globalization;
using Tsdb.Core;
using Tsdb.Query.Language;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Functions;

/// <summary>Which types meet in which, without being asked: Int64 widens to Float64, literals take the other
/// side's.</summary>
internal static class Coercion
{
    public static bool IsNumber(ResultType type) => type is ResultType.Int64 or ResultType.Float64;

    /// <summary>The type in which the two can be compared or chosen between.</summary>
    public static ResultType CommonType(CallSite site, BoundExpression left, BoundExpression right)
    {
        ResultType a = left.Type;
        ResultType b = right.Type;
        if (a == b || b == ResultType.Null)
        {
            return a;
        }

        if (a == ResultType.Null)
        {
            return b;
        }

        if (IsNumber(a) && IsNumber(b))
        {
            return ResultType.Float64;
        }

        if (IsReadAs(left, b))
        {
            return b;
        }

        if (IsReadAs(right, a))
        {
            return a;
        }

        throw site.Error(
            $"{site.Name}: {WordText.NameOf(a)} and {WordText.NameOf(b)} do not go together",
            "CAST one of them");
    }

    /// <summary>The expression in the type; literals are read anew, integers widened.</summary>
    public static BoundExpression To(CallSite site, BoundExpression expression, ResultType type)
    {
        if (expression.Type == type)
        {
            return expression;
        }

        if (expression is BoundConstant constant)
        {
            return ConstantTo(site, constant, type);
        }

        if (expression.Type == ResultType.Null)
        {
            return BoundConstant.Null(type);
        }

        if (type == ResultType.Float64 && expression.Type == ResultType.Int64)
        {
            return new BoundCall(
                type,
                site.Named("double"),
                ElementKernels.Unary<Widen, long, double>(),
                [expression]);
        }

        throw site.Error(
            $"{site.Name}: expected {WordText.NameOf(type)}, found {WordText.NameOf(expression.Type)}");
    }

    private static bool IsReadAs(BoundExpression expression, ResultType type) =>
        expression is BoundConstant
        && (expression.Type == ResultType.String
            || (expression.Type == ResultType.Int64 && type is ResultType.Timestamp or ResultType.Duration));

    private static BoundConstant ConstantTo(CallSite site, BoundConstant constant, ResultType type)
    {
        if (constant.IsNull)
        {
            return BoundConstant.Null(type);
        }

        switch (constant.Type, type)
        {
            case (ResultType.Int64, ResultType.Float64):
                return BoundConstant.Number((long)constant.Word);
            case (ResultType.Int64, ResultType.Timestamp or ResultType.Duration):
                return constant with { Type = type };
            case (ResultType.String, _):
                return ReadText(site, constant.Text!, type);
            default:
                throw site.Error(
                    $"{site.Name}: expected {WordText.NameOf(type)}, found {WordText.NameOf(constant.Type)}");
        }
    }

    public static BoundConstant ReadText(CallSite site, string text, ResultType type)
    {
        if (!TryReadText(text, type, out ulong word))
        {
            throw site.Error($"'{text}' is not a {WordText.NameOf(type)}", HintFor(type));
        }

        return new BoundConstant(type, word, null, false);
    }

    /// <summary>Reads a text as a value of the type.</summary>
    public static bool TryReadText(string text, ResultType type, out ulong word)
    {
        word = 0;
        switch (type)
        {
            case ResultType.Timestamp:
                bool isTimestamp = TimestampLiteral.TryParse(text, out long timestampNs);
                word = (ulong)timestampNs;
                return isTimestamp;
            case ResultType.Duration:
                bool isDuration = DurationLiteral.TryParse(text, out DurationLiteral duration);
                word = (ulong)duration.Ns;
                return isDuration && duration.Months == 0;
            case ResultType.Quality:
                return WordText.TryParseQuality(text, out word);
            case ResultType.Int64:
                bool isInteger = long.TryParse(text, CultureInfo.InvariantCulture, out long integer);
                word = (ulong)integer;
                return isInteger;
            case ResultType.Float64:
                bool isNumber = double.TryParse(text, CultureInfo.InvariantCulture, out double number);
                word = BitConverter.DoubleToUInt64Bits(number);
                return isNumber;
            case ResultType.Bool:
                bool isBool = bool.TryParse(text, out bool value);
                word = value ? 1UL : 0;
                return isBool;
            default:
                return false;
        }
    }

    private static string? HintFor(ResultType type) => type switch
    {
        ResultType.Timestamp => "write it as '2016-01-01T00:30:00Z'",
        ResultType.Duration => "write it as '5m' or '1 hour'",
        ResultType.Quality => "one of 'BAD', 'UNCERTAIN', 'GOOD'",
        _ => null,
    };

    private readonly struct Widen : IUnaryOperation<long, double>
    {
        public static double Apply(long value) => value;
    }
}
