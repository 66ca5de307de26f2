namespace Tsdb.Query.Operators.Aggregates;

/// <summary>Neighbouring rows of a block that belong to one group.</summary>
internal readonly record struct Run(int Start, int Count, int Group);
