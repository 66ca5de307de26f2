using System.Numerics;
using System.Runtime.InteropServices;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// What one pass over a block tells: ranges of the values and of their steps, and the number of runs.
/// </summary>
internal readonly struct StepAnalysis(in ValueRange values, in ValueRange steps, int runCount)
{
    /// <summary>Least and greatest value.</summary>
    public ValueRange Values { get; } = values;

    /// <summary>Least and greatest difference of neighbours.</summary>
    public ValueRange Steps { get; } = steps;

    /// <summary>Runs of equal values.</summary>
    public int RunCount { get; } = runCount;

    /// <summary>
    /// Writes steps[i] = values[i] - values[i - 1], wrapping; steps[0] repeats steps[1], so that it widens
    /// nothing. At least 2 values.
    /// </summary>
    public static StepAnalysis Of(ReadOnlySpan<long> values, Span<long> steps)
    {
        ref long source = ref MemoryMarshal.GetReference(values);
        ref long target = ref MemoryMarshal.GetReference(steps);
        Vector<long> low = new(values[0]);
        Vector<long> high = low;
        Vector<long> lowStep = new(long.MaxValue);
        Vector<long> highStep = new(long.MinValue);
        Vector<long> equal = Vector<long>.Zero;
        int i = 1;
        for (; i <= values.Length - Vector<long>.Count; i += Vector<long>.Count)
        {
            Vector<long> later = Vector.LoadUnsafe(ref source, (nuint)i);
            Vector<long> step = later - Vector.LoadUnsafe(ref source, (nuint)i - 1);
            step.StoreUnsafe(ref target, (nuint)i);
            low = Vector.Min(low, later);
            high = Vector.Max(high, later);
            lowStep = Vector.Min(lowStep, step);
            highStep = Vector.Max(highStep, step);
            equal -= Vector.Equals(step, Vector<long>.Zero);
        }

        ValueRange ofValues = ValueRange.Across(low, high);
        ValueRange ofSteps = ValueRange.Across(lowStep, highStep);
        int runCount = values.Length - (int)Vector.Sum(equal);
        for (; i < values.Length; i++)
        {
            long step = unchecked(values[i] - values[i - 1]);
            steps[i] = step;
            ofValues = ofValues.With(values[i]);
            ofSteps = ofSteps.With(step);
            runCount -= step == 0 ? 1 : 0;
        }

        steps[0] = steps[1];
        return new StepAnalysis(ofValues, ofSteps, runCount);
    }
}
