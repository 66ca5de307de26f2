namespace Tsdb.Bench.Micro.Allocations;

/// <summary>One hot path under the gate.</summary>
/// <param name="Name">Its name in the baseline.</param>
/// <param name="Operation">Runs it once.</param>
internal sealed record AllocationPath(string Name, Action Operation)
{
    private const int WarmCount = 3;
    private const int RoundCount = 3;
    private const int OperationCount = 4;

    /// <summary>Bytes that one operation allocates on this thread once all it reuses is in place, rounded
    /// up.</summary>
    public long Measure()
    {
        for (int i = 0; i < WarmCount; i++)
        {
            Operation();
        }

        // The least of a few rounds: a buffer that doubles now and then is not a cost of each operation.
        long sizeBytesMin = long.MaxValue;
        for (int round = 0; round < RoundCount; round++)
        {
            long beforeBytes = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < OperationCount; i++)
            {
                Operation();
            }

            sizeBytesMin = Math.Min(sizeBytesMin, GC.GetAllocatedBytesForCurrentThread() - beforeBytes);
        }

        return (sizeBytesMin + OperationCount - 1) / OperationCount;
    }
}
