namespace Tsdb.Bench.Workload.Loading;

/// <summary>What a server's runtime says of its managed memory; not a number where it says nothing.</summary>
/// <param name="AllocatedBytes">Allocated since it started.</param>
/// <param name="PauseSecondsMax">Longest pause of all threads for a collection.</param>
/// <param name="CommittedBytesMax">Most that the managed heap has held.</param>
internal sealed record RuntimeCounts(double AllocatedBytes, double PauseSecondsMax, double CommittedBytesMax)
{
    public static readonly RuntimeCounts None = new(double.NaN, double.NaN, double.NaN);
}
