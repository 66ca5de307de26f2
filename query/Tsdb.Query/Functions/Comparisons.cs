using Tsdb.Core;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Functions;

/// <summary>= &lt;&gt; &lt; &lt;= &gt; &gt;=. Texts compare by code unit; NaN is unequal to
/// everything.</summary>
internal static class Comparisons
{
    private static readonly Dictionary<string, KernelFactory> _numbers = new()
    {
        ["="] = ElementKernels.Binary<EqualDouble, double, ulong>(),
        ["<>"] = ElementKernels.Binary<NotEqualDouble, double, ulong>(),
        ["<"] = ElementKernels.Binary<LessDouble, double, ulong>(),
        ["<="] = ElementKernels.Binary<LessOrEqualDouble, double, ulong>(),
        [">"] = ElementKernels.Binary<GreaterDouble, double, ulong>(),
        [">="] = ElementKernels.Binary<GreaterOrEqualDouble, double, ulong>(),
    };

    private static readonly Dictionary<string, KernelFactory> _integers = new()
    {
        ["="] = ElementKernels.Binary<EqualLong, long, ulong>(),
        ["<>"] = ElementKernels.Binary<NotEqualLong, long, ulong>(),
        ["<"] = ElementKernels.Binary<LessLong, long, ulong>(),
        ["<="] = ElementKernels.Binary<LessOrEqualLong, long, ulong>(),
        [">"] = ElementKernels.Binary<GreaterLong, long, ulong>(),
        [">="] = ElementKernels.Binary<GreaterOrEqualLong, long, ulong>(),
    };

    public static bool IsComparison(string symbol) => _numbers.ContainsKey(symbol);

    /// <summary>The operator that holds for (b, a) where this one holds for (a, b).</summary>
    public static string Mirror(string symbol) => symbol switch
    {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        _ => symbol,
    };

    public static BoundExpression Bind(CallSite site, BoundExpression left, BoundExpression right)
    {
        ResultType type = Coercion.CommonType(site, left, right);
        left = Coercion.To(site, left, type);
        right = Coercion.To(site, right, type);
        KernelFactory factory = type switch
        {
            ResultType.Float64 => _numbers[site.Name],
            ResultType.String => TextKernels.Compare(site.Name),
            _ => _integers[site.Name],
        };
        return site.Call(ResultType.Bool, factory, left, right);
    }

    private readonly struct EqualDouble : IBinaryOperation<double, ulong>
    {
        public static ulong Apply(double left, double right) => left == right ? 1UL : 0;
    }

    private readonly struct NotEqualDouble : IBinaryOperation<double, ulong>
    {
        public static ulong Apply(double left, double right) => left != right ? 1UL : 0;
    }

    private readonly struct LessDouble : IBinaryOperation<double, ulong>
    {
        public static ulong Apply(double left, double right) => left < right ? 1UL : 0;
    }

    private readonly struct LessOrEqualDouble : IBinaryOperation<double, ulong>
    {
        public static ulong Apply(double left, double right) => left <= right ? 1UL : 0;
    }

    private readonly struct GreaterDouble : IBinaryOperation<double, ulong>
    {
        public static ulong Apply(double left, double right) => left > right ? 1UL : 0;
    }

    private readonly struct GreaterOrEqualDouble : IBinaryOperation<double, ulong>
    {
        public static ulong Apply(double left, double right) => left >= right ? 1UL : 0;
    }

    private readonly struct EqualLong : IBinaryOperation<long, ulong>
    {
        public static ulong Apply(long left, long right) => left == right ? 1UL : 0;
    }

    private readonly struct NotEqualLong : IBinaryOperation<long, ulong>
    {
        public static ulong Apply(long left, long right) => left != right ? 1UL : 0;
    }

    private readonly struct LessLong : IBinaryOperation<long, ulong>
    {
        public static ulong Apply(long left, long right) => left < right ? 1UL : 0;
    }

    private readonly struct LessOrEqualLong : IBinaryOperation<long, ulong>
    {
        public static ulong Apply(long left, long right) => left <= right ? 1UL : 0;
    }

    private readonly struct GreaterLong : IBinaryOperation<long, ulong>
    {
        public static ulong Apply(long left, long right) => left > right ? 1UL : 0;
    }

    private readonly struct GreaterOrEqualLong : IBinaryOperation<long, ulong>
    {
        public static ulong Apply(long left, long right) => left >= right ? 1UL : 0;
    }
}
