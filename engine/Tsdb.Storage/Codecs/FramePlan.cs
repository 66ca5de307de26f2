using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// The window [reference, reference + 2^width) that stores some values in the fewest bytes; what lies outside
/// costs an exception each. All arithmetic wraps, so any 64-bit values can be framed.
/// </summary>
internal readonly struct FramePlan(long reference, int width, int exceptionCount, int sizeBytes)
{
    // Two bytes are the least that an exception takes: one for its position, one for its excess.
    private const int ExceptionSizeMinBytes = 2;
    private const int WidthsTried = 3;

    public long Reference { get; } = reference;

    public int Width { get; } = width;

    public int ExceptionCount { get; } = exceptionCount;

    /// <summary>Exact, all parts of the frame included.</summary>
    public int SizeBytes { get; } = sizeBytes;

    /// <summary>The frame that holds all values from least to greatest without exceptions.</summary>
    public static FramePlan Plain(int count, in ValueRange range)
    {
        int width = BitPacking.WidthOf(unchecked((ulong)(range.Max - range.Min)));
        return new FramePlan(range.Min, width, 0, PlainSizeBytes(count, width, range.Min));
    }

    /// <summary>
    /// The cheapest frame, exceptions included, or this one if none takes fewer bytes than <paramref
    /// name="limitBytes"/>. The bulk says where the window should lie; widths near the bulk's are priced
    /// exactly against all values.
    /// </summary>
    public FramePlan Narrow(ReadOnlySpan<long> values, in SampleBulk bulk, int limitBytes)
    {
        FramePlan best = this;
        int bestBytes = Math.Min(limitBytes, SizeBytes);
        bool isFound = false;
        for (int width = bulk.Width; width < Math.Min(Width, bulk.Width + WidthsTried); width++)
        {
            if (Windowed(values.Length, bulk, width).TryPrice(values, ref best, ref bestBytes))
            {
                isFound = true;
            }
            else if (isFound)
            {
                break;
            }
        }

        return best;
    }

    /// <summary>
    /// No frame that <see cref="Narrow"/> finds around this bulk takes fewer bytes than this.
    /// </summary>
    public static int LeastSizeBytes(int count, in SampleBulk bulk) =>
        1 + BitPacking.SizeBytes(count, bulk.Width);

    /// <summary>The part of a value above the window: what its exception stores. Below width 64.</summary>
    public long ExcessOf(long value) => unchecked(value - Reference) >> Width;

    /// <summary>
    /// The first value at or after <paramref name="from"/> outside the window; their number if none is.
    /// </summary>
    public int FindOutside(ReadOnlySpan<long> values, int from)
    {
        Vector<ulong> references = new((ulong)Reference);
        ref ulong source = ref Unsafe.As<long, ulong>(ref MemoryMarshal.GetReference(values));
        int i = from;
        for (; i <= values.Length - Vector<ulong>.Count; i += Vector<ulong>.Count)
        {
            Vector<ulong> residuals = Vector.LoadUnsafe(ref source, (nuint)i) - references;
            if (!Vector.EqualsAll(residuals >>> Width, Vector<ulong>.Zero))
            {
                break;
            }
        }

        while (i < values.Length && ExcessOf(values[i]) == 0)
        {
            i++;
        }

        return i;
    }

    private static int PlainSizeBytes(int count, int width, long reference) =>
        1 + VarInt.SizeBytesSigned(reference) + BitPacking.SizeBytes(count, width);

    // This width's window, its slack shared by both sides of the bulk but not reaching below the least value.
    private FramePlan Windowed(int count, in SampleBulk bulk, int width)
    {
        ulong span = (1UL << width) - 1;
        ulong room = unchecked((ulong)(bulk.Low - Reference));
        long reference = span >= bulk.Spread
            ? unchecked((long)((ulong)bulk.Low - Math.Min((span - bulk.Spread) / 2, room)))
            : unchecked((long)((ulong)bulk.Low + ((bulk.Spread - span) / 2)));
        return new FramePlan(reference, width, 0, PlainSizeBytes(count, width, reference));
    }

    private bool TryPrice(ReadOnlySpan<long> values, ref FramePlan best, ref int bestBytes)
    {
        int exceptionCount = CountOutside(values);
        if (SizeBytes + (exceptionCount * ExceptionSizeMinBytes) >= bestBytes)
        {
            return false;
        }

        int sizeBytes = SizeBytes + (exceptionCount == 0 ? 0 : VarInt.SizeBytes((ulong)exceptionCount));
        int next = 0;
        for (int i = 0; i < exceptionCount; i++)
        {
            int position = FindOutside(values, next);
            sizeBytes += VarInt.SizeBytes((ulong)(position - next));
            sizeBytes += VarInt.SizeBytesSigned(ExcessOf(values[position]));
            next = position + 1;
        }

        if (sizeBytes >= bestBytes)
        {
            return false;
        }

        best = new FramePlan(Reference, Width, exceptionCount, sizeBytes);
        bestBytes = sizeBytes;
        return true;
    }

    private int CountOutside(ReadOnlySpan<long> values)
    {
        ulong reference = (ulong)Reference;
        int width = Width;
        Vector<ulong> references = new(reference);
        Vector<ulong> inside = Vector<ulong>.Zero;
        ReadOnlySpan<Vector<ulong>> vectors = MemoryMarshal.Cast<long, Vector<ulong>>(values);
        foreach (Vector<ulong> vector in vectors)
        {
            inside -= Vector.Equals((vector - references) >>> width, Vector<ulong>.Zero);
        }

        int insideCount = (int)Vector.Sum(inside);
        foreach (long value in values[(vectors.Length * Vector<ulong>.Count)..])
        {
            insideCount += unchecked((ulong)value - reference) >> width == 0 ? 1 : 0;
        }

        return values.Length - insideCount;
    }
}
