using Tsdb.Core;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Functions;

/// <summary>
/// + - * / % ^ and unary minus. Integer division truncates toward zero; division by zero gives NULL; a result
/// that does not fit into 64 bits is an error.
/// </summary>
internal static class Arithmetic
{
    public static bool IsArithmetic(string symbol) => symbol is "+" or "-" or "*" or "/" or "%" or "^";

    public static BoundExpression Negate(CallSite site, BoundExpression operand)
    {
        if (operand.Type is ResultType.Int64 or ResultType.Duration)
        {
            return Integers(site, "-", operand.Type, BoundConstant.Integer(0), operand);
        }

        operand = Coercion.To(site, operand, ResultType.Float64);
        return site.Call(ResultType.Float64, ElementKernels.Real(value => -value), operand);
    }

    public static BoundExpression Bind(CallSite site, BoundExpression left, BoundExpression right)
    {
        (left, right) = ReadTimes(site, left, right);
        bool isTime = IsTime(left.Type) || IsTime(right.Type);
        if (isTime)
        {
            return BindTimes(site, left, right);
        }

        if (site.Name != "^" && left.Type != ResultType.Float64 && right.Type != ResultType.Float64
            && !(left is BoundConstant { Text: not null } || right is BoundConstant { Text: not null }))
        {
            left = Coercion.To(site, left, ResultType.Int64);
            right = Coercion.To(site, right, ResultType.Int64);
            return Integers(site, site.Name, ResultType.Int64, left, right);
        }

        left = Coercion.To(site, left, ResultType.Float64);
        right = Coercion.To(site, right, ResultType.Float64);
        return site.Call(ResultType.Float64, Numbers(site.Name), left, right);
    }

    // A text beside a timestamp or duration is read as one: ts - '5m'.
    private static (BoundExpression Left, BoundExpression Right) ReadTimes(
        CallSite site, BoundExpression left, BoundExpression right)
    {
        if (IsTime(left.Type) && right is BoundConstant { Text: { } rightText })
        {
            right = ReadTime(site, rightText);
        }
        else if (IsTime(right.Type) && left is BoundConstant { Text: { } leftText })
        {
            left = ReadTime(site, leftText);
        }

        return (left, right);
    }

    private static BoundConstant ReadTime(CallSite site, string text) =>
        Coercion.TryReadText(text, ResultType.Duration, out ulong durationNs)
            ? BoundConstant.Span((long)durationNs)
            : Coercion.ReadText(site, text, ResultType.Timestamp);

    private static bool IsTime(ResultType type) => type is ResultType.Timestamp or ResultType.Duration;

    private static BoundExpression BindTimes(CallSite site, BoundExpression left, BoundExpression right)
    {
        ResultType? type = (left.Type, site.Name, right.Type) switch
        {
            (ResultType.Timestamp, "+" or "-", ResultType.Duration) => ResultType.Timestamp,
            (ResultType.Duration, "+", ResultType.Timestamp) => ResultType.Timestamp,
            (ResultType.Timestamp, "-", ResultType.Timestamp) => ResultType.Duration,
            (ResultType.Duration, "+" or "-", ResultType.Duration) => ResultType.Duration,
            (ResultType.Duration, "*" or "/", ResultType.Int64) => ResultType.Duration,
            (ResultType.Int64, "*", ResultType.Duration) => ResultType.Duration,
            (ResultType.Duration, "/", ResultType.Duration) => ResultType.Int64,
            (ResultType.Duration, "%", ResultType.Duration) => ResultType.Duration,
            _ => null,
        };
        if (type is null)
        {
            throw site.Error(
                $"{WordText.NameOf(left.Type)} {site.Name} {WordText.NameOf(right.Type)} has no meaning");
        }

        return Integers(site, site.Name, type.Value, left, right);
    }

    private static KernelFactory Numbers(string symbol) => symbol switch
    {
        "+" => ElementKernels.Binary<AddDouble, double, double>(),
        "-" => ElementKernels.Binary<SubtractDouble, double, double>(),
        "*" => ElementKernels.Binary<MultiplyDouble, double, double>(),
        "/" => ElementKernels.Real((left, right) => right == 0 ? double.NaN : left / right),
        "%" => ElementKernels.Real((left, right) => right == 0 ? double.NaN : left % right),
        _ => ElementKernels.Real(Math.Pow),
    };

    private static BoundExpression Integers(
        CallSite site, string symbol, ResultType type, BoundExpression left, BoundExpression right)
    {
        KernelFactory factory = symbol switch
        {
            "+" => Checked<AddLong>(),
            "-" => Checked<SubtractLong>(),
            "*" => Checked<MultiplyLong>(),
            "/" => Checked<DivideLong>(),
            _ => Checked<RemainderLong>(),
        };
        return site.Call(type, factory, left, right);
    }

    // A row whose result is no Int64 is either a division by zero, which gives NULL, or an overflow.
    private static KernelFactory Checked<TOperation>()
        where TOperation : struct, IBinaryOperation<long, Int128> => call => (arguments, result, rowCount) =>
    {
        Nulls.Combine(arguments, result, rowCount);
        ReadOnlySpan<long> left = arguments[0].Longs[..rowCount];
        ReadOnlySpan<long> right = arguments[1].Longs[..rowCount];
        Span<long> target = result.Longs[..rowCount];
        for (int i = 0; i < left.Length; i++)
        {
            Int128 value = TOperation.Apply(left[i], right[i]);
            target[i] = unchecked((long)value);
            if (value == target[i] || result.IsNull(i))
            {
                continue;
            }

            if (value != Int128.MaxValue)
            {
                throw call.Site.Error(
                    $"{call.Site.Name}: the result is out of the range of a 64-bit integer");
            }

            result.SetNull(i);
        }
    };

    private readonly struct AddDouble : IBinaryOperation<double, double>
    {
        public static double Apply(double left, double right) => left + right;
    }

    private readonly struct SubtractDouble : IBinaryOperation<double, double>
    {
        public static double Apply(double left, double right) => left - right;
    }

    private readonly struct MultiplyDouble : IBinaryOperation<double, double>
    {
        public static double Apply(double left, double right) => left * right;
    }

    private readonly struct AddLong : IBinaryOperation<long, Int128>
    {
        public static Int128 Apply(long left, long right) => (Int128)left + right;
    }

    private readonly struct SubtractLong : IBinaryOperation<long, Int128>
    {
        public static Int128 Apply(long left, long right) => (Int128)left - right;
    }

    private readonly struct MultiplyLong : IBinaryOperation<long, Int128>
    {
        public static Int128 Apply(long left, long right) => (Int128)left * right;
    }

    private readonly struct DivideLong : IBinaryOperation<long, Int128>
    {
        public static Int128 Apply(long left, long right) =>
            right == 0 ? Int128.MaxValue : right == -1 ? -(Int128)left : left / right;
    }

    private readonly struct RemainderLong : IBinaryOperation<long, Int128>
    {
        public static Int128 Apply(long left, long right) =>
            right == 0 ? Int128.MaxValue : right == -1 ? 0 : left % right;
    }
}
