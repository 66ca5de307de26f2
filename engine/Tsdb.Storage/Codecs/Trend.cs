using System.Numerics;
using System.Runtime.InteropServices;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// Differences of neighbours and distances from a line, and back. All arithmetic wraps on purpose.
/// </summary>
internal static class Trend
{
    /// <summary>
    /// steps[i] = values[i] - values[i - 1]; steps[0] repeats steps[1], so that it widens nothing. At least 2
    /// values.
    /// </summary>
    public static void Difference(ReadOnlySpan<long> values, Span<long> steps)
    {
        ref long source = ref MemoryMarshal.GetReference(values);
        ref long target = ref MemoryMarshal.GetReference(steps);
        int i = 1;
        for (; i <= values.Length - Vector<long>.Count; i += Vector<long>.Count)
        {
            Vector<long> later = Vector.LoadUnsafe(ref source, (nuint)i);
            Vector<long> earlier = Vector.LoadUnsafe(ref source, (nuint)i - 1);
            (later - earlier).StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < values.Length; i++)
        {
            steps[i] = unchecked(values[i] - values[i - 1]);
        }

        steps[0] = steps[1];
    }

    /// <summary>
    /// Sums up in place: values[i] += values[i - 1], starting from <paramref name="start"/>.
    /// </summary>
    public static void Accumulate(Span<long> values, long start)
    {
        long sum = start;
        int i = 0;

        // Four at a time leave one addition on the chain from one group to the next.
        for (; i <= values.Length - 4; i += 4)
        {
            Span<long> group = values.Slice(i, 4);
            long two = unchecked(group[0] + group[1]);
            long four = unchecked(two + (group[2] + group[3]));
            group[0] = unchecked(sum + group[0]);
            group[2] = unchecked(sum + (two + group[2]));
            group[1] = unchecked(sum + two);
            sum = unchecked(sum + four);
            group[3] = sum;
        }

        for (; i < values.Length; i++)
        {
            sum = unchecked(sum + values[i]);
            values[i] = sum;
        }
    }

    /// <summary>distances[i] = values[i] - (first + i * step).</summary>
    public static void SubtractLine(ReadOnlySpan<long> values, long first, long step, Span<long> distances)
    {
        values.CopyTo(distances);
        AddLine(distances[..values.Length], unchecked(-first), unchecked(-step));
    }

    /// <summary>values[i] += first + i * step.</summary>
    public static void AddLine(Span<long> values, long first, long step)
    {
        Span<Vector<long>> vectors = MemoryMarshal.Cast<long, Vector<long>>(values);
        Vector<long> line = new Vector<long>(first) + (Vector<long>.Indices * step);
        Vector<long> advance = new(unchecked(step * Vector<long>.Count));
        foreach (ref Vector<long> vector in vectors)
        {
            vector += line;
            line += advance;
        }

        for (int i = vectors.Length * Vector<long>.Count; i < values.Length; i++)
        {
            values[i] = unchecked(values[i] + first + (i * step));
        }
    }
}
