namespace Tsdb.Storage.Codecs;

/// <summary>
/// Where most of some values lie: the range of 32 samples without the two least and the two greatest. At
/// least 32 values.
/// </summary>
internal readonly struct SampleBulk
{
    /// <summary>Samples taken, evenly spread.</summary>
    public const int SampleCount = 32;

    private SampleBulk(long low, ulong spread)
    {
        Low = low;
        Spread = spread;
        Width = BitPacking.WidthOf(spread);
    }

    public long Low { get; }

    /// <summary>From the lowest to the highest of the bulk.</summary>
    public ulong Spread { get; }

    /// <summary>Bits for the spread.</summary>
    public int Width { get; }

    public static SampleBulk Of(ReadOnlySpan<long> values)
    {
        long low0 = long.MaxValue;
        long low1 = long.MaxValue;
        long low2 = long.MaxValue;
        long high0 = long.MinValue;
        long high1 = long.MinValue;
        long high2 = long.MinValue;
        for (int i = 0; i < SampleCount; i++)
        {
            long value = values[i * values.Length / SampleCount];
            if (value < low2)
            {
                low2 = Math.Max(low1, value);
                low1 = Math.Min(low1, Math.Max(low0, value));
                low0 = Math.Min(low0, value);
            }

            if (value > high2)
            {
                high2 = Math.Min(high1, value);
                high1 = Math.Max(high1, Math.Min(high0, value));
                high0 = Math.Max(high0, value);
            }
        }

        return new SampleBulk(low2, unchecked((ulong)(high2 - low2)));
    }
}
