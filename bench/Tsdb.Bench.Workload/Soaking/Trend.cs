namespace Tsdb.Bench.Workload.Soaking;

/// <summary>The straight line through some samples, by least squares.</summary>
internal static class Trend
{
    /// <summary>Its slope per second; 0 for fewer than two samples.</summary>
    public static double SlopePerSecond(IReadOnlyList<SoakSample> samples, Func<SoakSample, double> value)
    {
        if (samples.Count < 2)
        {
            return 0;
        }

        double meanTime = samples.Average(static sample => sample.Seconds);
        double meanValue = samples.Average(value);
        double covariance = samples.Sum(sample => (sample.Seconds - meanTime) * (value(sample) - meanValue));
        double variance = samples.Sum(sample => Math.Pow(sample.Seconds - meanTime, 2));
        return covariance / variance;
    }
}
