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
    /// Plans a block and counts its runs of equal values; <paramref name="steps"/> is work space, as long as
    /// the values.
    /// </summary>
    public static IntegerPlan For(ReadOnlySpan<long> values, Span<long> steps, out int runCount)
    {
        long first = values[0];
        runCount = 1;
        if (values.IndexOfAnyExcept(first) < 0)
        {
            return new IntegerPlan(
                IntegerScheme.Constant, first, 0, default, 1 + VarInt.SizeBytesSigned(first));
        }

        steps = steps[..values.Length];
        StepAnalysis analysis = StepAnalysis.Of(values, steps);
        runCount = analysis.RunCount;
        if (analysis.Steps.Min == analysis.Steps.Max)
        {
            return Line(first, analysis.Steps.Min, FramePlan.Plain(values.Length, default));
        }

        FramePlan plain = FramePlan.Plain(values.Length, analysis.Values);
        FramePlan delta = FramePlan.Plain(values.Length, analysis.Steps);
        return values.Length < SampleBulk.SampleCount
            ? Better(Plain(plain), Delta(first, delta))
            : Narrow(values, steps, plain, delta);
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
                Trend.Difference(values, steps);
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

    // The likeliest first, so that the others are priced only where the sample says they can still win.
    private static IntegerPlan Narrow(
        ReadOnlySpan<long> values, Span<long> steps, in FramePlan plain, in FramePlan delta)
    {
        int count = values.Length;
        long first = values[0];
        IntegerPlan best = Better(Plain(plain), Delta(first, delta));
        SampleBulk bulk = SampleBulk.Of(steps);
        if (FramePlan.LeastSizeBytes(count, bulk) < best.SizeBytes)
        {
            best = Better(best, Delta(first, delta.Narrow(steps, bulk, best.SizeBytes)));
        }

        bulk = SampleBulk.Of(values);
        if (FramePlan.LeastSizeBytes(count, bulk) < best.SizeBytes)
        {
            best = Better(best, Plain(plain.Narrow(values, bulk, best.SizeBytes)));
        }

        long slope = SlopeOf(values);
        if (slope == 0 || best.Scheme != IntegerScheme.Delta || best.Frame.Width == 0)
        {
            return best;
        }

        Trend.SubtractLine(values, first, slope, steps);
        bulk = SampleBulk.Of(steps);
        if (FramePlan.LeastSizeBytes(count, bulk) < best.SizeBytes)
        {
            FramePlan distances = FramePlan.Plain(count, ValueRange.Of(steps));
            best = Better(best, Line(first, slope, distances.Narrow(steps, bulk, best.SizeBytes)));
        }

        return best;
    }

    private static IntegerPlan Better(in IntegerPlan left, in IntegerPlan right) =>
        right.SizeBytes < left.SizeBytes ? right : left;

    private static IntegerPlan Plain(in FramePlan frame) =>
        new(IntegerScheme.Frame, 0, 0, frame, 1 + frame.SizeBytes);

    private static IntegerPlan Delta(long first, in FramePlan frame) =>
        new(IntegerScheme.Delta, first, 0, frame, 1 + VarInt.SizeBytesSigned(first) + frame.SizeBytes);

    private static IntegerPlan Line(long first, long step, in FramePlan frame)
    {
        int sizeBytes = 1 + VarInt.SizeBytesSigned(first) + VarInt.SizeBytesSigned(step) + frame.SizeBytes;
        return new IntegerPlan(IntegerScheme.Linear, first, step, frame, sizeBytes);
    }
}
