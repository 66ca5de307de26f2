using System.Text;
using Tsdb.Core;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Functions;

/// <summary>The scalar functions by name.</summary>
internal static class ScalarFunctions
{
    private delegate BoundExpression Binder(CallSite site, BoundExpression[] arguments);

    private static readonly Dictionary<string, Binder> _functions = new(StringComparer.Ordinal)
    {
        ["abs"] = Abs,
        ["sign"] = Real(Sign),
        ["round"] = Round,
        ["floor"] = Real(Math.Floor),
        ["ceil"] = Real(Math.Ceiling),
        ["ceiling"] = Real(Math.Ceiling),
        ["trunc"] = Real(Math.Truncate),
        ["sqrt"] = Real(Math.Sqrt),
        ["exp"] = Real(Math.Exp),
        ["ln"] = Real(value => value > 0 ? Math.Log(value) : double.NaN),
        ["log"] = Log,
        ["log10"] = Real(value => value > 0 ? Math.Log10(value) : double.NaN),
        ["log2"] = Real(value => value > 0 ? Math.Log2(value) : double.NaN),
        ["sin"] = Real(Math.Sin),
        ["cos"] = Real(Math.Cos),
        ["tan"] = Real(Math.Tan),
        ["power"] = Power,
        ["pow"] = Power,
        ["mod"] = Mod,
        ["lower"] = Text(text => text.ToLowerInvariant()),
        ["upper"] = Text(text => text.ToUpperInvariant()),
        ["trim"] = Text(text => text.Trim(' ')),
        ["length"] = Length,
        ["concat"] = Concat,
        ["coalesce"] = Choices.Coalesce,
        ["nullif"] = Choices.NullIf,
        ["greatest"] = Choices.Extreme,
        ["least"] = Choices.Extreme,
    };

    /// <summary>All names, for hints.</summary>
    public static IEnumerable<string> Names => _functions.Keys;

    /// <summary>Binds a call; null when there is no such function.</summary>
    public static BoundExpression? TryBind(CallSite site, BoundExpression[] arguments) =>
        _functions.TryGetValue(site.Name, out Binder? binder) ? binder(site, arguments) : null;

    private static Binder Real(Func<double, double> operation)
    {
        KernelFactory factory = ElementKernels.Real(operation);
        return (site, arguments) =>
        {
            site.RequireCount(arguments, 1, 1);
            return site.Call(
                ResultType.Float64, factory, Coercion.To(site, arguments[0], ResultType.Float64));
        };
    }

    private static Binder Text(Func<string, string> map)
    {
        KernelFactory factory = TextKernels.MapText(map);
        return (site, arguments) =>
        {
            site.RequireCount(arguments, 1, 1);
            return site.Call(ResultType.String, factory, Coercion.To(site, arguments[0], ResultType.String));
        };
    }

    private static double Sign(double value) => double.IsNaN(value) ? double.NaN : Math.Sign(value);

    private static BoundExpression Abs(CallSite site, BoundExpression[] arguments)
    {
        site.RequireCount(arguments, 1, 1);
        BoundExpression value = arguments[0];
        if (value.Type is ResultType.Int64 or ResultType.Duration)
        {
            return Choices.Extreme(
                site.Named("greatest"), [value, Arithmetic.Negate(site.Named("-"), value)]);
        }

        value = Coercion.To(site, value, ResultType.Float64);
        return site.Call(ResultType.Float64, ElementKernels.Real(Math.Abs), value);
    }

    // Halves round away from zero, as they do for PostgreSQL's numeric.
    private static BoundExpression Round(CallSite site, BoundExpression[] arguments)
    {
        site.RequireCount(arguments, 1, 2);
        BoundExpression value = Coercion.To(site, arguments[0], ResultType.Float64);
        BoundExpression digits = arguments.Length == 2 ? arguments[1] : BoundConstant.Integer(0);
        digits = Coercion.To(site, digits, ResultType.Float64);
        return site.Call(ResultType.Float64, ElementKernels.Real(RoundTo), value, digits);
    }

    private static double RoundTo(double value, double digits)
    {
        if (digits is >= 0 and <= 15)
        {
            return Math.Round(value, (int)digits, MidpointRounding.AwayFromZero);
        }

        double scale = Math.Pow(10, -digits);
        return digits > 15 ? value : Math.Round(value / scale, MidpointRounding.AwayFromZero) * scale;
    }

    private static BoundExpression Log(CallSite site, BoundExpression[] arguments)
    {
        site.RequireCount(arguments, 1, 2);
        if (arguments.Length == 1)
        {
            return _functions["log10"](site, arguments);
        }

        KernelFactory factory = ElementKernels.Real(
            (b, value) => value > 0 && b > 0 && b != 1 ? Math.Log(value) / Math.Log(b) : double.NaN);
        return site.Call(
            ResultType.Float64,
            factory,
            Coercion.To(site, arguments[0], ResultType.Float64),
            Coercion.To(site, arguments[1], ResultType.Float64));
    }

    private static BoundExpression Power(CallSite site, BoundExpression[] arguments)
    {
        site.RequireCount(arguments, 2, 2);
        return Arithmetic.Bind(site.Named("^"), arguments[0], arguments[1]);
    }

    private static BoundExpression Mod(CallSite site, BoundExpression[] arguments)
    {
        site.RequireCount(arguments, 2, 2);
        return Arithmetic.Bind(site.Named("%"), arguments[0], arguments[1]);
    }

    private static BoundExpression Length(CallSite site, BoundExpression[] arguments)
    {
        site.RequireCount(arguments, 1, 1);
        return site.Call(
            ResultType.Int64,
            TextKernels.Map(text => (ulong)CountRunes(text)),
            Coercion.To(site, arguments[0], ResultType.String));
    }

    private static int CountRunes(string text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    private static BoundExpression Concat(CallSite site, BoundExpression[] arguments)
    {
        site.RequireCount(arguments, 1, 100);
        BoundExpression? chain = null;
        foreach (BoundExpression argument in arguments)
        {
            // concat() takes NULL for the empty text; || does not.
            BoundExpression text = Choices.Coalesce(
                site.Named("coalesce"), [Casts.To(site, argument, ResultType.String), BoundConstant.Of("")]);
            chain = chain is null
                ? text
                : site.Call(ResultType.String, TextKernels.Concatenate(), chain, text);
        }

        return chain!;
    }
}
