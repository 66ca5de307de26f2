using System.Numerics;
using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Query.Arrow.Writing;

namespace Tsdb.Client.Writing;

/// <summary>Finds how narrow integers may be, and narrows them.</summary>
internal static class IntegerWidth
{
    /// <summary>The narrowest type that holds all.</summary>
    public static ArrowOutputType Of(ReadOnlySpan<ulong> cells)
    {
        // The bits of a number beyond its sign, of all numbers together.
        ReadOnlySpan<long> values = MemoryMarshal.Cast<ulong, long>(cells);
        long bits = 0;
        int first = 0;
        if (Vector.IsHardwareAccelerated)
        {
            Vector<long> all = Vector<long>.Zero;
            for (; first <= values.Length - Vector<long>.Count; first += Vector<long>.Count)
            {
                Vector<long> value = new(values[first..]);
                all |= value ^ Vector.LessThan(value, Vector<long>.Zero);
            }

            for (int i = 0; i < Vector<long>.Count; i++)
            {
                bits |= all[i];
            }
        }

        foreach (long value in values[first..])
        {
            bits |= value ^ (value >> 63);
        }

        return bits switch
        {
            <= sbyte.MaxValue => ArrowOutputType.Int8,
            <= short.MaxValue => ArrowOutputType.Int16,
            <= int.MaxValue => ArrowOutputType.Int32,
            _ => ArrowOutputType.Int64,
        };
    }

    /// <summary>Writes the numbers as a type that holds them.</summary>
    public static void Write(ReadOnlySpan<ulong> cells, ArrowOutputType type, Span<byte> target)
    {
        switch (type)
        {
            case ArrowOutputType.Int8:
                Narrow(cells, MemoryMarshal.Cast<byte, sbyte>(target));
                break;
            case ArrowOutputType.Int16:
                Narrow(cells, MemoryMarshal.Cast<byte, short>(target));
                break;
            case ArrowOutputType.Int32:
                Narrow(cells, MemoryMarshal.Cast<byte, int>(target));
                break;
            default:
                Invariant.Holds(SizeBytes(type) == sizeof(ulong));
                cells.CopyTo(MemoryMarshal.Cast<byte, ulong>(target));
                break;
        }
    }

    /// <summary>Bytes of a value.</summary>
    public static int SizeBytes(ArrowOutputType type) => type switch
    {
        ArrowOutputType.Int8 => 1,
        ArrowOutputType.Int16 => 2,
        ArrowOutputType.Int32 => 4,
        _ => 8,
    };

    private static void Narrow<T>(ReadOnlySpan<ulong> cells, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < cells.Length && i < target.Length; i++)
        {
            target[i] = T.CreateTruncating(cells[i]);
        }
    }
}
