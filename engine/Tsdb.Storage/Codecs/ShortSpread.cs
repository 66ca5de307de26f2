namespace Tsdb.Storage.Codecs;

/// <summary>What the forms of a short block are chosen by, found in one pass.</summary>
/// <param name="Low">The least value.</param>
/// <param name="High">The greatest.</param>
/// <param name="LowStep">The least step from a value to the next, modulo 2^64; the greatest number when there
/// is none.</param>
/// <param name="HighStep">The greatest step; the least number when there is none.</param>
/// <param name="Sum">Of all values, modulo 2^64.</param>
internal readonly record struct ShortSpread(long Low, long High, long LowStep, long HighStep, ulong Sum)
{
    /// <summary>Of one value at least.</summary>
    public static ShortSpread Of(ReadOnlySpan<long> values)
    {
        long previous = values[0];
        long low = previous;
        long high = previous;
        long lowStep = long.MaxValue;
        long highStep = long.MinValue;
        ulong sum = (ulong)previous;
        for (int i = 1; i < values.Length; i++)
        {
            long value = values[i];
            long step = unchecked(value - previous);
            low = Math.Min(low, value);
            high = Math.Max(high, value);
            lowStep = Math.Min(lowStep, step);
            highStep = Math.Max(highStep, step);
            sum = unchecked(sum + (ulong)value);
            previous = value;
        }

        return new ShortSpread(low, high, lowStep, highStep, sum);
    }
}
