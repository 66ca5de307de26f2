using System.Numerics;
using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Storage.Codecs;

// docs/formats/codecs.md, "Timestamps":
//
//   offset  size      field
//   0       1 to 2    number of values, 1 to 1024, varint
//   ..      1         unit: 0 = 1 ns, 1 = 1 us, 2 = 1 ms, 3 = 1 s
//   ..      8         first timestamp in ns, little-endian
//   ..      the rest  integer block of (timestamp - first) / unit
//
// Valid when the number is the one expected, the unit is known and the block ends with the bytes. Products
// and sums wrap modulo 2^64.

/// <summary>Blocks of 1 to 1024 timestamps in ns: any order, any range, smallest for steady clocks.</summary>
internal static class TimestampCodec
{
    private const int UnitCount = 4;

    private static readonly ClockUnit[] _units =
        [new ClockUnit(1), new ClockUnit(1_000), new ClockUnit(1_000_000), new ClockUnit(1_000_000_000)];

    [ThreadStatic]
    private static long[]? _ticks;

    public static int MaxEncodedSizeBytes(int count) =>
        VarInt.MaxSizeBytes + 1 + sizeof(long) + IntegerBlock.MaxSizeBytes(count);

    /// <summary>Encodes into a target of at least the maximum size and returns the size in bytes.</summary>
    public static int Encode(ReadOnlySpan<long> values, Span<byte> target)
    {
        Invariant.Holds(values.Length is > 0 and <= IntegerCodec.CountMax);
        Span<long> ticks = (_ticks ??= new long[IntegerCodec.CountMax]).AsSpan(0, values.Length);
        int unit = UnitCount - 1;
        while (!_units[unit].TryDivide(values, ticks))
        {
            unit--;
        }

        int size = VarInt.Write(target, (ulong)values.Length);
        target[size++] = (byte)unit;
        MemoryMarshal.Write(target[size..], values[0]);
        size += sizeof(long);
        return size + IntegerBlock.Write(ticks, target[size..]);
    }

    /// <summary>
    /// False when the bytes are not exactly a block of so many values; the values are then garbage.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<long> values)
    {
        Invariant.Holds(values.Length is > 0 and <= IntegerCodec.CountMax);
        if (!VarInt.TryReadCount(ref source, values.Length, values.Length, out _)
            || source.Length <= 1 + sizeof(long)
            || source[0] >= UnitCount)
        {
            return false;
        }

        long unitNs = _units[source[0]].Nanoseconds;
        long first = MemoryMarshal.Read<long>(source[1..]);
        source = source[(1 + sizeof(long))..];
        bool isRead = IntegerBlock.TryRead(ref source, values) && source.IsEmpty;
        Scale(values, first, unitNs);
        return isRead;
    }

    private static void Scale(Span<long> values, long first, long unitNs)
    {
        Span<Vector<long>> vectors = MemoryMarshal.Cast<long, Vector<long>>(values);
        Vector<long> firsts = new(first);
        foreach (ref Vector<long> vector in vectors)
        {
            vector = (vector * unitNs) + firsts;
        }

        foreach (ref long value in values[(vectors.Length * Vector<long>.Count)..])
        {
            value = unchecked((value * unitNs) + first);
        }
    }
}
