using System.Numerics;
using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>Turns a run of fixed-width Arrow values into 64-bit cells. Null rows give whatever lies
/// there.</summary>
internal static class CellReader
{
    private const ulong ExponentMask = 0x7FF0_0000_0000_0000;

    /// <summary>Reads the cells of a run of rows.</summary>
    /// <param name="type">Not a text.</param>
    /// <param name="values">The column's buffer, as long as its rows demand.</param>
    /// <param name="firstRow">Where the run starts.</param>
    /// <param name="cells">One for each row of the run.</param>
    /// <returns>Whether all fit; when not, <see cref="Fits"/> tells which.</returns>
    public static bool Read(ArrowType type, ReadOnlySpan<byte> values, int firstRow, Span<ulong> cells)
    {
        switch (type.Kind)
        {
            case ArrowKind.Float64 or ArrowKind.Int64:
                Run<ulong>(values, firstRow, cells.Length).CopyTo(cells);
                return true;
            case ArrowKind.UInt64:
                Run<ulong>(values, firstRow, cells.Length).CopyTo(cells);
                return !HasTopBit(cells);
            case ArrowKind.Instant64:
                return ReadScaled(Run<long>(values, firstRow, cells.Length), type.NsPerUnit, cells);
            case ArrowKind.Instant32:
                return ReadScaled(Run<int>(values, firstRow, cells.Length), type.NsPerUnit, cells);
            case ArrowKind.Bool:
                ReadBits(values, firstRow, cells);
                return true;
            case ArrowKind.Float32 or ArrowKind.Float16:
                ReadFloats(type.Kind, values, firstRow, cells);
                return true;
            default:
                ReadNarrow(type.Kind, values, firstRow, cells);
                return true;
        }
    }

    /// <summary>Whether the value of one row has a cell.</summary>
    public static bool Fits(ArrowType type, ReadOnlySpan<byte> values, int row) => type.Kind switch
    {
        ArrowKind.UInt64 => Run<long>(values, row, 1)[0] >= 0,
        ArrowKind.Instant64 => FitsScaled(Run<long>(values, row, 1)[0], type.NsPerUnit),
        ArrowKind.Instant32 => FitsScaled(Run<int>(values, row, 1)[0], type.NsPerUnit),
        _ => true,
    };

    /// <summary>Whether the cell of a float is a number.</summary>
    public static bool IsFinite(ulong cell) => (cell & ExponentMask) != ExponentMask;

    /// <summary>Whether the cells of floats are all numbers.</summary>
    public static bool AreFinite(ReadOnlySpan<ulong> cells)
    {
        int first = 0;
        if (Vector.IsHardwareAccelerated)
        {
            Vector<ulong> mask = new(ExponentMask);
            for (; first <= cells.Length - Vector<ulong>.Count; first += Vector<ulong>.Count)
            {
                if (Vector.EqualsAny(new Vector<ulong>(cells[first..]) & mask, mask))
                {
                    return false;
                }
            }
        }

        foreach (ulong cell in cells[first..])
        {
            if (!IsFinite(cell))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads the indexes of a dictionary column; those beyond 32 bits become -1.</summary>
    public static void ReadIndexes(ArrowKind kind, ReadOnlySpan<byte> values, int firstRow, Span<int> indexes)
    {
        switch (kind)
        {
            case ArrowKind.Int32 or ArrowKind.UInt32:
                Run<int>(values, firstRow, indexes.Length).CopyTo(indexes);
                break;
            case ArrowKind.Int8:
                Narrow(Run<sbyte>(values, firstRow, indexes.Length), indexes);
                break;
            case ArrowKind.Int16:
                Narrow(Run<short>(values, firstRow, indexes.Length), indexes);
                break;
            case ArrowKind.UInt8:
                Narrow(Run<byte>(values, firstRow, indexes.Length), indexes);
                break;
            case ArrowKind.UInt16:
                Narrow(Run<ushort>(values, firstRow, indexes.Length), indexes);
                break;
            default:
                NarrowLong(Run<long>(values, firstRow, indexes.Length), indexes);
                break;
        }
    }

    /// <summary>A run of a column's values.</summary>
    public static ReadOnlySpan<T> Run<T>(ReadOnlySpan<byte> values, int firstRow, int rowCount)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(values).Slice(firstRow, rowCount);

    private static void ReadNarrow(
        ArrowKind kind, ReadOnlySpan<byte> values, int firstRow, Span<ulong> cells)
    {
        switch (kind)
        {
            case ArrowKind.Int32:
                Widen(Run<int>(values, firstRow, cells.Length), cells);
                break;
            case ArrowKind.Int16:
                Widen(Run<short>(values, firstRow, cells.Length), cells);
                break;
            case ArrowKind.Int8:
                Widen(Run<sbyte>(values, firstRow, cells.Length), cells);
                break;
            case ArrowKind.UInt32:
                Widen(Run<uint>(values, firstRow, cells.Length), cells);
                break;
            case ArrowKind.UInt16:
                Widen(Run<ushort>(values, firstRow, cells.Length), cells);
                break;
            default:
                Invariant.Holds(kind == ArrowKind.UInt8);
                Widen(Run<byte>(values, firstRow, cells.Length), cells);
                break;
        }
    }

    private static void Widen<T>(ReadOnlySpan<T> values, Span<ulong> cells)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < values.Length && i < cells.Length; i++)
        {
            cells[i] = (ulong)long.CreateTruncating(values[i]);
        }
    }

    private static void Narrow<T>(ReadOnlySpan<T> values, Span<int> indexes)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < values.Length && i < indexes.Length; i++)
        {
            indexes[i] = int.CreateTruncating(values[i]);
        }
    }

    private static void NarrowLong(ReadOnlySpan<long> values, Span<int> indexes)
    {
        for (int i = 0; i < values.Length; i++)
        {
            indexes[i] = values[i] is >= 0 and <= int.MaxValue ? (int)values[i] : -1;
        }
    }

    private static void ReadFloats(
        ArrowKind kind, ReadOnlySpan<byte> values, int firstRow, Span<ulong> cells)
    {
        if (kind == ArrowKind.Float16)
        {
            ReadOnlySpan<Half> halves = Run<Half>(values, firstRow, cells.Length);
            for (int i = 0; i < cells.Length; i++)
            {
                cells[i] = BitConverter.DoubleToUInt64Bits((double)halves[i]);
            }

            return;
        }

        ReadOnlySpan<float> floats = Run<float>(values, firstRow, cells.Length);
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = BitConverter.DoubleToUInt64Bits(floats[i]);
        }
    }

    private static bool HasTopBit(ReadOnlySpan<ulong> cells)
    {
        ulong bits = 0;
        foreach (ulong cell in cells)
        {
            bits |= cell;
        }

        return bits > long.MaxValue;
    }

    private static bool ReadScaled<T>(ReadOnlySpan<T> values, long nsPerUnit, Span<ulong> cells)
        where T : unmanaged, IBinaryInteger<T>
    {
        bool fits = true;
        for (int i = 0; i < values.Length && i < cells.Length; i++)
        {
            long value = long.CreateTruncating(values[i]);
            cells[i] = unchecked((ulong)(value * nsPerUnit));
            fits &= FitsScaled(value, nsPerUnit);
        }

        return fits;
    }

    // The sum wraps on purpose: what is too far below zero becomes a large number too.
    private static bool FitsScaled(long value, long nsPerUnit)
    {
        long most = long.MaxValue / nsPerUnit;
        return nsPerUnit == 1 || unchecked((ulong)(value + most)) <= 2UL * (ulong)most;
    }

    private static void ReadBits(ReadOnlySpan<byte> bits, int firstRow, Span<ulong> cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            int bit = firstRow + i;
            cells[i] = (ulong)((bits[bit >> 3] >> (bit & 7)) & 1);
        }
    }
}
