namespace Tsdb.Storage;

/// <summary>How long commits took to log and sync, as a histogram with fixed bounds.</summary>
public sealed class CommitLatencies
{
    private static readonly double[] _boundsMs = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1000];

    private readonly long[] _counts = new long[_boundsMs.Length + 1];

    /// <summary>Upper bound of each bucket but the last, ms.</summary>
    public static IReadOnlyList<double> BoundsMs => _boundsMs;

    /// <summary>Commits in each bucket; the last one has no upper bound.</summary>
    public IReadOnlyList<long> Counts => _counts;

    internal void Note(TimeSpan latency)
    {
        int bucket = 0;
        while (bucket < _boundsMs.Length && latency.TotalMilliseconds > _boundsMs[bucket])
        {
            bucket++;
        }

        Volatile.Write(ref _counts[bucket], _counts[bucket] + 1);
    }
}
