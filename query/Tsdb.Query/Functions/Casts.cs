using Tsdb.Core;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Functions;

/// <summary>CAST: text that cannot be read is an error, fractions round to the nearest integer.</summary>
internal static class Casts
{
    private static readonly Dictionary<string, ResultType> _types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["double"] = ResultType.Float64,
        ["float8"] = ResultType.Float64,
        ["float"] = ResultType.Float64,
        ["real"] = ResultType.Float64,
        ["numeric"] = ResultType.Float64,
        ["bigint"] = ResultType.Int64,
        ["int8"] = ResultType.Int64,
        ["int"] = ResultType.Int64,
        ["integer"] = ResultType.Int64,
        ["long"] = ResultType.Int64,
        ["bool"] = ResultType.Bool,
        ["boolean"] = ResultType.Bool,
        ["text"] = ResultType.String,
        ["varchar"] = ResultType.String,
        ["string"] = ResultType.String,
        ["timestamp"] = ResultType.Timestamp,
        ["timestamptz"] = ResultType.Timestamp,
        ["interval"] = ResultType.Duration,
        ["quality"] = ResultType.Quality,
    };

    /// <summary>The type of a name such as <c>bigint</c>; Null when there is none.</summary>
    public static ResultType FindType(string typeName) => _types.GetValueOrDefault(typeName, ResultType.Null);

    public static BoundExpression Bind(CallSite site, BoundExpression operand, string typeName)
    {
        if (!_types.TryGetValue(typeName, out ResultType type))
        {
            throw site.Error($"unknown type '{typeName}'", NearestName.Hint(typeName, _types.Keys));
        }

        return To(site, operand, type);
    }

    /// <summary>The operand as the type, by conversion where there is one.</summary>
    public static BoundExpression To(CallSite site, BoundExpression operand, ResultType type)
    {
        if (operand.Type == type)
        {
            return operand;
        }

        if (type == ResultType.String && operand.Type != ResultType.Null)
        {
            return site.Call(type, WriteText, operand);
        }

        if (operand.Type == ResultType.String && operand is not BoundConstant)
        {
            return site.Call(type, ReadText, operand);
        }

        return (operand.Type, type) switch
        {
            (ResultType.Float64, ResultType.Int64) => site.Call(type, Round, operand),
            (ResultType.Int64, ResultType.Bool) =>
                Comparisons.Bind(site.Named("<>"), operand, BoundConstant.Integer(0)),
            (not ResultType.String and not ResultType.Float64 and not ResultType.Null, ResultType.Int64)
                or (ResultType.Int64, ResultType.Timestamp or ResultType.Duration) =>
                site.Call(type, ElementKernels.Unary<Same, ulong, ulong>(), operand),
            _ => Coercion.To(site, operand, type),
        };
    }

    private static Kernel WriteText(BoundCall call)
    {
        TextPool pool = new();
        ResultType source = call.Arguments[0].Type;
        return (arguments, result, rowCount) =>
        {
            Nulls.Combine(arguments, result, rowCount);
            result.Texts = pool;
            for (int i = 0; i < rowCount; i++)
            {
                if (!result.IsNull(i))
                {
                    result.Words[i] = (ulong)pool.Intern(WordText.Format(source, arguments[0].Words[i]));
                }
            }
        };
    }

    private static Kernel ReadText(BoundCall call) => (arguments, result, rowCount) =>
    {
        Nulls.Combine(arguments, result, rowCount);
        for (int i = 0; i < rowCount; i++)
        {
            if (result.IsNull(i))
            {
                continue;
            }

            string text = arguments[0].Texts[(int)arguments[0].Words[i]];
            if (!Coercion.TryReadText(text, call.Type, out ulong word))
            {
                throw call.Site.Error($"'{text}' is not a {WordText.NameOf(call.Type)}");
            }

            result.Words[i] = word;
        }
    };

    private static Kernel Round(BoundCall call) => (arguments, result, rowCount) =>
    {
        Nulls.Combine(arguments, result, rowCount);
        for (int i = 0; i < rowCount; i++)
        {
            double value = Math.Round(arguments[0].Doubles[i], MidpointRounding.ToEven);
            if (value is >= -9223372036854775808.0 and < 9223372036854775808.0)
            {
                result.Longs[i] = (long)value;
            }
            else if (!result.IsNull(i))
            {
                string text = WordText.Format(ResultType.Float64, arguments[0].Words[i]);
                throw call.Site.Error($"{text} is out of the range of a 64-bit integer");
            }
        }
    };

    private readonly struct Same : IUnaryOperation<ulong, ulong>
    {
        public static ulong Apply(ulong value) => value;
    }
}
