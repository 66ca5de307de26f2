namespace Tsdb.Bench.Workload.Tiers;

/// <summary>One query on one server.</summary>
/// <param name="ElapsedMs">Median.</param>
/// <param name="CpuMs">The server's, mean of all runs.</param>
/// <param name="Reads">What it read.</param>
internal sealed record QueryFigure(double ElapsedMs, double CpuMs, QueryReads Reads);
