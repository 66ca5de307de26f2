using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// The window [reference, reference + 2^width) that stores some values in the fewest bytes; what lies outside costs
/// an exception each. All arithmetic wraps, so any 64-bit values can be framed.
/// </summary>
internal readonly struct FramePlan(long reference, int width, int exceptionCount, int sizeBytes)
{
    private const int SampleCount = 32;
    private const int SampleTrim = 2;
    private const int WidthsTried = 4;

    public long Reference { get; } = reference;

    public int Width { get; } = width;

    public int ExceptionCount { get; } = exceptionCount;

    /// <summary>Exact, all parts of the frame included.</summary>
    public int SizeBytes { get; } = sizeBytes;

    /// <summary>Plans for values whose least and greatest are known.</summary>
    public static FramePlan For(ReadOnlySpan<long> values, long min, long max)
    {
        int fullWidth = BitPacking.WidthOf(unchecked((ulong)(max - min)));
        FramePlan best = new(min, fullWidth, 0, PlainSizeBytes(values.Length, fullWidth, min));
        return fullWidth > 1 && values.Length >= SampleCount ? Narrow(values, min, best) : best;
    }

    /// <summary>As above, finding least and greatest itself.</summary>
    public static FramePlan For(ReadOnlySpan<long> values)
    {
        ValueRange range = ValueRange.Of(values);
        return For(values, range.Min, range.Max);
    }

    /// <summary>Whether the value needs an exception, and what its part above the window is.</summary>
    public bool IsOutside(long value, out long excess)
    {
        excess = unchecked(value - Reference) >> Math.Min(Width, 63);
        return Width < 64 && excess != 0;
    }

    private static int PlainSizeBytes(int count, int width, long reference) =>
        1 + VarInt.SizeBytesSigned(reference) + BitPacking.SizeBytes(count, width);

    // The bulk of a sorted sample says where the window should lie; each width near the bulk's is then priced
    // exactly against all values. A scan stops as soon as it costs more than the best so far.
    [SkipLocalsInit]
    private static FramePlan Narrow(ReadOnlySpan<long> values, long min, FramePlan best)
    {
        Span<long> sample = stackalloc long[SampleCount];
        for (int i = 0; i < sample.Length; i++)
        {
            sample[i] = values[i * values.Length / SampleCount];
        }

        SortFew(sample);
        long low = sample[SampleTrim];
        ulong spread = unchecked((ulong)(sample[SampleCount - 1 - SampleTrim] - low));
        ulong room = unchecked((ulong)(low - min));
        int bulkWidth = BitPacking.WidthOf(spread);
        int widthEnd = Math.Min(best.Width, Math.Max(0, bulkWidth - 1) + WidthsTried);
        for (int width = Math.Max(0, bulkWidth - 1); width < widthEnd; width++)
        {
            ulong span = (1UL << width) - 1;
            long reference = span >= spread
                ? unchecked((long)((ulong)low - Math.Min((span - spread) / 2, room)))
                : unchecked((long)((ulong)low + ((spread - span) / 2)));
            FramePlan candidate = new(reference, width, 0, PlainSizeBytes(values.Length, width, reference));
            candidate = candidate.WithExceptions(values, best.SizeBytes);
            if (candidate.SizeBytes < best.SizeBytes)
            {
                best = candidate;
            }
        }

        return best;
    }

    private FramePlan WithExceptions(ReadOnlySpan<long> values, int limitBytes)
    {
        int exceptionCount = 0;
        int sizeBytes = SizeBytes;
        int previous = -1;
        Vector<ulong> references = new((ulong)Reference);
        ReadOnlySpan<Vector<ulong>> vectors = MemoryMarshal.Cast<long, Vector<ulong>>(values);
        for (int i = 0; i < vectors.Length && sizeBytes < limitBytes; i++)
        {
            if (!Vector.EqualsAll((vectors[i] - references) >>> Width, Vector<ulong>.Zero))
            {
                int start = i * Vector<ulong>.Count;
                for (int at = start; at < start + Vector<ulong>.Count; at++)
                {
                    AddCost(values, at, ref previous, ref exceptionCount, ref sizeBytes);
                }
            }
        }

        for (int at = vectors.Length * Vector<ulong>.Count; at < values.Length; at++)
        {
            AddCost(values, at, ref previous, ref exceptionCount, ref sizeBytes);
        }

        if (exceptionCount > 0)
        {
            sizeBytes += VarInt.SizeBytes((ulong)exceptionCount);
        }

        return new FramePlan(Reference, Width, exceptionCount, sizeBytes);
    }

    private void AddCost(
        ReadOnlySpan<long> values, int at, ref int previous, ref int exceptionCount, ref int sizeBytes)
    {
        if (IsOutside(values[at], out long excess))
        {
            sizeBytes += VarInt.SizeBytes((ulong)(at - previous - 1)) + VarInt.SizeBytesSigned(excess);
            exceptionCount++;
            previous = at;
        }
    }

    // Insertion sort: 32 values that are often nearly sorted already, without the generic sort's set-up.
    private static void SortFew(Span<long> values)
    {
        for (int i = 1; i < values.Length; i++)
        {
            long value = values[i];
            int at = i - 1;
            for (; at >= 0 && values[at] > value; at--)
            {
                values[at + 1] = values[at];
            }

            values[at + 1] = value;
        }
    }
}
