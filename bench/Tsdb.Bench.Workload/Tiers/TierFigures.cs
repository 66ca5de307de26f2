namespace Tsdb.Bench.Workload.Tiers;

/// <summary>One load, and the queries after it.</summary>
/// <param name="RowsPerSecond">Acknowledged.</param>
/// <param name="AcknowledgedCpuSeconds">The server's, until the last row was acknowledged.</param>
/// <param name="SettledCpuSeconds">The server's, until all was flushed, merged and built.</param>
/// <param name="WrittenBytes">What the server wrote to its device meanwhile.</param>
/// <param name="StoredBytes">Its files in the end, without the log.</param>
/// <param name="Tiers">None, when there are none.</param>
/// <param name="Queries">What each took after the load.</param>
/// <param name="Stages">Answers after the load, and after each change to it.</param>
internal sealed record TierFigures(
    double RowsPerSecond,
    double AcknowledgedCpuSeconds,
    double SettledCpuSeconds,
    double WrittenBytes,
    double StoredBytes,
    IReadOnlyList<TierState> Tiers,
    IReadOnlyList<QueryFigure> Queries,
    IReadOnlyList<TierStage> Stages);
