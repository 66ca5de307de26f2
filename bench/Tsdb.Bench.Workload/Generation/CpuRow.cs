namespace Tsdb.Bench.Workload.Generation;

/// <summary>Takes one row of workload A; the values are valid during the call only.</summary>
internal delegate void CpuRow(int host, long timestampNs, ReadOnlySpan<long> values);
