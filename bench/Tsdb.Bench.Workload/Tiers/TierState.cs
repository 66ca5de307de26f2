namespace Tsdb.Bench.Workload.Tiers;

/// <summary>A tier as SHOW ROLLUPS describes it.</summary>
internal sealed record TierState(
    string Every, long BucketCount, long FileCount, long StaleCount, long SizeBytes);
