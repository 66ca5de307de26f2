using Tsdb.Core;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>Makes the accumulator of an aggregate.</summary>
internal static class AccumulatorFactory
{
    public static Accumulator Create(Aggregate aggregate)
    {
        ResultType type = aggregate.Argument?.Type ?? ResultType.Null;
        switch (aggregate.Kind)
        {
            case AggregateKind.CountRows or AggregateKind.Count:
                return new CountAccumulator(aggregate.Kind == AggregateKind.CountRows);
            case AggregateKind.Sum or AggregateKind.Average:
                return type == ResultType.Float64
                    ? new NumberSumAccumulator(aggregate.Kind)
                    : new IntegerSumAccumulator(aggregate);
            case AggregateKind.Min or AggregateKind.Max:
                bool isMax = aggregate.Kind == AggregateKind.Max;
                return type switch
                {
                    ResultType.Float64 => new NumberExtremeAccumulator(isMax),
                    ResultType.String => new TextExtremeAccumulator(isMax),
                    _ => new IntegerExtremeAccumulator(isMax),
                };
            case AggregateKind.First or AggregateKind.Last:
                return new PickAccumulator(aggregate.Kind == AggregateKind.Last);
            case AggregateKind.Quality:
                return new QualityAccumulator();
            default:
                return new VarianceAccumulator(aggregate.Kind);
        }
    }
}
