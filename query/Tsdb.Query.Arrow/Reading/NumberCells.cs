using System.Numerics;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;
using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>Reads fixed-width Arrow columns as the 64-bit cells of our column types.</summary>
internal static class NumberCells
{
    public static bool CanRead(IArrowType type) => TypeOf(type) != ColumnType.None;

    /// <summary>The column type that an Arrow type is stored as; None when it is not taken.</summary>
    public static ColumnType TypeOf(IArrowType type) => type.TypeId switch
    {
        ArrowTypeId.Double or ArrowTypeId.Float => ColumnType.Float64,
        ArrowTypeId.Int64 or ArrowTypeId.Int32 or ArrowTypeId.Int16 or ArrowTypeId.Int8 => ColumnType.Int64,
        ArrowTypeId.UInt64 or ArrowTypeId.UInt32 => ColumnType.Int64,
        ArrowTypeId.UInt16 or ArrowTypeId.UInt8 => ColumnType.Int64,
        ArrowTypeId.Boolean => ColumnType.Bool,
        ArrowTypeId.Timestamp => ColumnType.Timestamp,
        _ => ColumnType.None,
    };

    /// <summary>
    /// The cells of the whole column. Where a value does not fit (an unsigned or a scaled one beyond 64 bits
    /// signed), its row is marked as refused.
    /// </summary>
    public static ulong[] Read(ArrayData data, RowFilter filter)
    {
        ulong[] cells = new ulong[data.Length];
        switch (data.DataType)
        {
            case DoubleType or Int64Type:
                Values<ulong>(data).CopyTo(cells);
                break;
            case FloatType:
                ReadFloats(Values<float>(data), cells);
                break;
            case TimestampType type:
                ReadScaled(Values<long>(data), NsPerUnit(type.Unit), data, filter, cells);
                break;
            case UInt64Type:
                ReadUnsigned(Values<ulong>(data), data, filter, cells);
                break;
            case BooleanType:
                ReadBits(data, cells);
                break;
            default:
                ReadNarrow(data, cells);
                break;
        }

        return cells;
    }

    /// <summary>The column's raw values, as many as the column says it has.</summary>
    /// <exception cref="ArrowInputException">The buffer is shorter than the column.</exception>
    public static ReadOnlySpan<T> Values<T>(ArrayData data, int buffer = 1, int extraCount = 0)
        where T : unmanaged
    {
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(data.Buffers[buffer].Span);
        if (data.Offset < 0 || values.Length - data.Offset < (long)data.Length + extraCount)
        {
            throw new ArrowInputException("malformed Arrow batch: a buffer is shorter than its column");
        }

        return values.Slice(data.Offset, data.Length + extraCount);
    }

    private static void ReadNarrow(ArrayData data, ulong[] cells)
    {
        switch (data.DataType.TypeId)
        {
            case ArrowTypeId.Int32:
                Widen(Values<int>(data), cells);
                break;
            case ArrowTypeId.Int16:
                Widen(Values<short>(data), cells);
                break;
            case ArrowTypeId.Int8:
                Widen(Values<sbyte>(data), cells);
                break;
            case ArrowTypeId.UInt32:
                Widen(Values<uint>(data), cells);
                break;
            case ArrowTypeId.UInt16:
                Widen(Values<ushort>(data), cells);
                break;
            default:
                Widen(Values<byte>(data), cells);
                break;
        }
    }

    private static void Widen<T>(ReadOnlySpan<T> values, ulong[] cells)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < values.Length; i++)
        {
            cells[i] = (ulong)long.CreateTruncating(values[i]);
        }
    }

    private static void ReadFloats(ReadOnlySpan<float> values, ulong[] cells)
    {
        for (int i = 0; i < values.Length; i++)
        {
            cells[i] = BitConverter.DoubleToUInt64Bits(values[i]);
        }
    }

    private static void ReadUnsigned(
        ReadOnlySpan<ulong> values, ArrayData data, RowFilter filter, ulong[] cells)
    {
        ArrowValidity validity = ArrowValidity.Of(data);
        for (int i = 0; i < values.Length; i++)
        {
            cells[i] = values[i];
            if (values[i] > long.MaxValue && validity.IsValid(i))
            {
                filter.Refuse(i, RejectReason.IntegerOutOfRange);
            }
        }
    }

    private static void ReadScaled(
        ReadOnlySpan<long> values, long nsPerUnit, ArrayData data, RowFilter filter, ulong[] cells)
    {
        if (nsPerUnit == 1)
        {
            MemoryMarshal.Cast<long, ulong>(values).CopyTo(cells);
            return;
        }

        ArrowValidity validity = ArrowValidity.Of(data);
        long limit = long.MaxValue / nsPerUnit;
        for (int i = 0; i < values.Length; i++)
        {
            long value = values[i];
            cells[i] = unchecked((ulong)(value * nsPerUnit));
            if ((value > limit || value < -limit) && validity.IsValid(i))
            {
                filter.Refuse(i, RejectReason.TimestampOutOfRange);
            }
        }
    }

    private static void ReadBits(ArrayData data, ulong[] cells)
    {
        ReadOnlySpan<byte> bits = data.Buffers[1].Span;
        if (bits.Length * 8L < (long)data.Offset + data.Length)
        {
            throw new ArrowInputException("malformed Arrow batch: a buffer is shorter than its column");
        }

        for (int i = 0; i < cells.Length; i++)
        {
            int bit = data.Offset + i;
            cells[i] = (ulong)((bits[bit >> 3] >> (bit & 7)) & 1);
        }
    }

    private static long NsPerUnit(TimeUnit unit) => unit switch
    {
        TimeUnit.Second => 1_000_000_000,
        TimeUnit.Millisecond => 1_000_000,
        TimeUnit.Microsecond => 1_000,
        _ => 1,
    };
}
