namespace Tsdb.Query.Planning;

/// <summary>The aggregate functions by name.</summary>
internal static class AggregateNames
{
    private static readonly Dictionary<string, AggregateKind> _kinds = new(StringComparer.Ordinal)
    {
        ["count"] = AggregateKind.Count,
        ["sum"] = AggregateKind.Sum,
        ["min"] = AggregateKind.Min,
        ["max"] = AggregateKind.Max,
        ["avg"] = AggregateKind.Average,
        ["mean"] = AggregateKind.Average,
        ["first"] = AggregateKind.First,
        ["last"] = AggregateKind.Last,
        ["arg_min"] = AggregateKind.First,
        ["arg_max"] = AggregateKind.Last,
        ["stddev"] = AggregateKind.StandardDeviationSample,
        ["stddev_samp"] = AggregateKind.StandardDeviationSample,
        ["stddev_pop"] = AggregateKind.StandardDeviationPopulation,
        ["variance"] = AggregateKind.VarianceSample,
        ["var_samp"] = AggregateKind.VarianceSample,
        ["var_pop"] = AggregateKind.VariancePopulation,
    };

    public static IEnumerable<string> All => _kinds.Keys;

    public static bool TryFind(string name, out AggregateKind kind) => _kinds.TryGetValue(name, out kind);

    /// <summary>Whether the kind needs the two-argument form to name the time column.</summary>
    public static bool RequiresTime(string name) => name is "arg_min" or "arg_max";
}
