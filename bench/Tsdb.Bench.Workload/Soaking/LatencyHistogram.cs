using System.Numerics;

namespace Tsdb.Bench.Workload.Soaking;

/// <summary>How often something took how long, in buckets of an eighth of a power of two. Thread
/// safe.</summary>
internal sealed class LatencyHistogram
{
    private const int StepsPerDoubling = 8;

    private readonly long[] _counts = new long[64 * StepsPerDoubling];
    private long _totalCount;
    private long _slowestNs;

    public long Count => Interlocked.Read(ref _totalCount);

    public double SlowestMs => Interlocked.Read(ref _slowestNs) / 1e6;

    public void Add(TimeSpan time)
    {
        long ns = Math.Max(1, (long)(time.TotalMilliseconds * 1e6));
        Interlocked.Increment(ref _counts[BucketOf(ns)]);
        Interlocked.Increment(ref _totalCount);
        for (long seen = Interlocked.Read(ref _slowestNs); ns > seen; seen = Interlocked.Read(ref _slowestNs))
        {
            Interlocked.CompareExchange(ref _slowestNs, ns, seen);
        }
    }

    /// <summary>The upper end of the bucket that the quantile falls in, in milliseconds.</summary>
    public double QuantileMs(double quantile)
    {
        long rank = (long)Math.Ceiling(quantile * Count);
        long count = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            count += Interlocked.Read(ref _counts[bucket]);
            if (count >= rank && count > 0)
            {
                return EndNs(bucket) / 1e6;
            }
        }

        return 0;
    }

    private static int BucketOf(long ns)
    {
        int exponent = BitOperations.Log2((ulong)ns);
        long rest = ns - (1L << exponent);
        return (exponent * StepsPerDoubling) + (int)(((Int128)rest * StepsPerDoubling) >> exponent);
    }

    private static double EndNs(int bucket) => Math.Pow(2, bucket / StepsPerDoubling)
        * (1 + ((bucket % StepsPerDoubling) + 1.0) / StepsPerDoubling);
}
