namespace Tsdb.Storage.Codecs;

/// <summary>The cheapest of the schemes that need no second level, priced exactly.</summary>
internal readonly struct IntegerPlan
{
    private IntegerPlan(IntegerScheme scheme, long first, long step, FramePlan frame, int sizeBytes)
    {
        Scheme = scheme;
        First = first;
        Step = step;
        Frame = frame;
        SizeBytes = sizeBytes;
    }

    public IntegerScheme Scheme { get; }

    /// <summary>The constant; where deltas or the line start.</summary>
    public long First { get; }

    /// <summary>The line's rise per value.</summary>
    public long Step { get; }

    public FramePlan Frame { get; }

    /// <summary>The body with its scheme byte.</summary>
    public int SizeBytes { get; }

    /// <summary>
    /// Plans a block and counts its runs of equal values; <paramref name="steps"/> is work space, as long as the values.
    /// </summary>
    public static IntegerPlan For(ReadOnlySpan<long> values, Span<long> steps, out int runCount)
    {
        ValueRange range = ValueRange.Of(values);
        long first = values[0];
        runCount = 1;
        if (range.Min == range.Max)
        {
            return new IntegerPlan(
                IntegerScheme.Constant, first, 0, default, 1 + VarInt.SizeBytesSigned(first));
        }

        steps = steps[..values.Length];
        runCount = values.Length - Trend.Difference(values, steps);
        ValueRange stepRange = ValueRange.Of(steps);
        if (stepRange.Min == stepRange.Max)
        {
            return Line(values, first, stepRange.Min, steps);
        }

        FramePlan plain = FramePlan.For(values, range.Min, range.Max);
        IntegerPlan best = new(IntegerScheme.Frame, 0, 0, plain, 1 + plain.SizeBytes);
        FramePlan delta = FramePlan.For(steps, stepRange.Min, stepRange.Max);
        int deltaSizeBytes = 1 + VarInt.SizeBytesSigned(first) + delta.SizeBytes;
        long slope = SlopeOf(values);
        if (deltaSizeBytes < best.SizeBytes)
        {
            bool mayBeLine = slope != 0 && delta.Width > 0;
            best = new IntegerPlan(IntegerScheme.Delta, first, 0, delta, deltaSizeBytes);
            IntegerPlan line = mayBeLine ? Line(values, first, slope, steps) : best;
            best = line.SizeBytes < best.SizeBytes ? line : best;
        }

        return best;
    }

    /// <summary>Writes the body with its scheme byte; the same work space as above.</summary>
    public int Write(ReadOnlySpan<long> values, Span<long> steps, Span<byte> target)
    {
        steps = steps[..values.Length];
        target[0] = (byte)Scheme;
        int size = 1;
        switch (Scheme)
        {
            case IntegerScheme.Constant:
                return size + VarInt.WriteSigned(target[size..], First);
            case IntegerScheme.Delta:
                size += VarInt.WriteSigned(target[size..], First);
                _ = Trend.Difference(values, steps);
                return size + FrameCoding.Write(steps, Frame, target[size..]);
            case IntegerScheme.Linear:
                size += VarInt.WriteSigned(target[size..], First);
                size += VarInt.WriteSigned(target[size..], Step);
                Trend.SubtractLine(values, First, Step, steps);
                return size + FrameCoding.Write(steps, Frame, target[size..]);
            default:
                return size + FrameCoding.Write(values, Frame, target[size..]);
        }
    }

    // The mean step, rounded to nearest: jitter at the ends must not tilt the line by a whole unit.
    private static long SlopeOf(ReadOnlySpan<long> values)
    {
        long stepCount = values.Length - 1;
        (long slope, long rest) = Math.DivRem(unchecked(values[^1] - values[0]), stepCount);
        return slope + (2 * rest > stepCount ? 1 : 2 * rest < -stepCount ? -1 : 0);
    }

    private static IntegerPlan Line(ReadOnlySpan<long> values, long first, long step, Span<long> distances)
    {
        Trend.SubtractLine(values, first, step, distances);
        FramePlan frame = FramePlan.For(distances);
        int sizeBytes = 1 + VarInt.SizeBytesSigned(first) + VarInt.SizeBytesSigned(step) + frame.SizeBytes;
        return new IntegerPlan(IntegerScheme.Linear, first, step, frame, sizeBytes);
    }
}
