using Tsdb.Bench.Workload.Queries;

namespace Tsdb.Bench.Workload.Tiers;

/// <summary>All answers at one moment of a server's life.</summary>
/// <param name="Name">What had happened before.</param>
/// <param name="Answers">In the order of the queries.</param>
/// <param name="RowsReadCount">By all of them.</param>
internal sealed record TierStage(string Name, IReadOnlyList<Answer> Answers, long RowsReadCount);
