namespace Tsdb.Query.Planning;

/// <summary>What is computed of the values of a group.</summary>
internal enum AggregateKind : byte
{
    /// <summary>count(*): rows, whatever their values.</summary>
    CountRows,
    Count,
    Sum,
    Min,
    Max,
    Average,

    /// <summary>The value with the least timestamp.</summary>
    First,

    /// <summary>The value with the greatest timestamp.</summary>
    Last,
    StandardDeviationSample,
    StandardDeviationPopulation,
    VarianceSample,
    VariancePopulation,

    /// <summary>The worst quality among the values counted; BAD when there are values but none is
    /// usable.</summary>
    Quality,
}
