using Tsdb.Core;

namespace Tsdb.Bench.Workload.Generation;

/// <summary>Rows of workload A as columns.</summary>
internal sealed class CpuColumns(int rowCount)
{
    public int[] Hosts { get; } = new int[rowCount];

    public Timestamp[] Times { get; } = new Timestamp[rowCount];

    /// <summary>One array for each field.</summary>
    public long[][] Values { get; } = [.. CpuHosts.Fields.Select(_ => new long[rowCount])];
}
