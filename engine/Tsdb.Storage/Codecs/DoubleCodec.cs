using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Storage.Codecs;

// docs/formats/codecs.md, "Doubles":
//
//   offset  size      field
//   0       1 to 2    number of values, 1 to 1024, varint
//   ..      1         scheme
//   ..      the rest  by scheme:
//     0 Decimal   exponent k, 0 to 17, one byte, bit 7 set when exceptions follow; integer block of digits;
//                 number of exceptions, varint; per exception: positions skipped, varint, and the 8 bytes
//     1 Ordered   trailing zero bits, 0 to 63, one byte; integer block of ordered integers
//     2 Split     see SplitBits
//     3 Raw       8 bytes a value, little-endian
//
// Valid when the number is the one expected, every field is in range and the parts end with the bytes. All
// values come back bit for bit: signed zeros, NaN payloads, infinities and denormals too.

/// <summary>Blocks of 1 to 1024 doubles of any kind.</summary>
internal static class DoubleCodec
{
    private const byte ExceptionFlag = 0x80;

    // Above this many bits a value, decimals may be noise that only looks like digits: the other forms are
    // tried too.
    private const int DecimalBitsSure = 36;

    [ThreadStatic]
    private static DoubleScratch? _scratch;

    private static DoubleScratch Scratch => _scratch ??= new DoubleScratch();

    public static int MaxEncodedSizeBytes(int count) =>
        VarInt.MaxSizeBytes + 2 + IntegerBlock.MaxSizeBytes(count);

    /// <summary>Encodes into a target of at least the maximum size and returns the size in bytes.</summary>
    public static int Encode(ReadOnlySpan<double> values, Span<byte> target)
    {
        Invariant.Holds(values.Length is > 0 and <= IntegerCodec.CountMax);
        DoubleScratch scratch = Scratch;
        int headerBytes = VarInt.Write(target, (ulong)values.Length);
        Span<byte> body = target[headerBytes..];
        int bodyBytes = RawSizeBytes(values.Length) + 1;
        if (DecimalDigits.TryFindExponent(values, out int exponent)
            && TryWriteDecimal(values, exponent, scratch, out int decimalBytes)
            && decimalBytes < bodyBytes)
        {
            scratch.Body.AsSpan(0, decimalBytes).CopyTo(body);
            bodyBytes = decimalBytes;
        }

        if (8L * bodyBytes > (long)DecimalBitsSure * values.Length)
        {
            bodyBytes = WriteBits(MemoryMarshal.Cast<double, long>(values), scratch, body, bodyBytes);
        }

        return headerBytes + bodyBytes;
    }

    /// <summary>
    /// False when the bytes are not exactly a block of so many values; the values are then garbage.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<double> values)
    {
        Invariant.Holds(values.Length is > 0 and <= IntegerCodec.CountMax);
        if (!VarInt.TryReadCount(ref source, values.Length, values.Length, out _) || source.IsEmpty)
        {
            return false;
        }

        DoubleScheme scheme = (DoubleScheme)source[0];
        source = source[1..];
        Span<long> bits = MemoryMarshal.Cast<double, long>(values);
        bool isRead = scheme switch
        {
            DoubleScheme.Decimal => TryReadDecimal(ref source, values),
            DoubleScheme.Ordered => TryReadOrdered(ref source, bits),
            DoubleScheme.Split => SplitBits.TryRead(ref source, bits),
            DoubleScheme.Raw => TryReadRaw(ref source, bits),
            _ => false,
        };
        return isRead && source.IsEmpty;
    }

    private static int RawSizeBytes(int count) => 1 + (sizeof(double) * count);

    private static bool TryWriteDecimal(
        ReadOnlySpan<double> values, int exponent, DoubleScratch scratch, out int sizeBytes)
    {
        Span<long> digits = scratch.Integers.AsSpan(0, values.Length);
        int missCount = DecimalDigits.Split(values, exponent, digits, scratch.Positions);
        sizeBytes = 0;
        if (missCount > values.Length / 4)
        {
            return false;
        }

        Span<byte> body = scratch.Body;
        body[0] = (byte)DoubleScheme.Decimal;
        body[1] = (byte)(exponent | (missCount > 0 ? ExceptionFlag : 0));
        sizeBytes = 2 + IntegerBlock.Write(digits, body[2..]);
        if (missCount > 0)
        {
            sizeBytes += VarInt.Write(body[sizeBytes..], (ulong)missCount);
            sizeBytes += WriteMisses(values, scratch.Positions.AsSpan(0, missCount), body[sizeBytes..]);
        }

        return true;
    }

    private static int WriteMisses(ReadOnlySpan<double> values, ReadOnlySpan<short> misses, Span<byte> target)
    {
        int size = 0;
        int next = 0;
        foreach (short miss in misses)
        {
            size += VarInt.Write(target[size..], (ulong)(miss - next));
            MemoryMarshal.Write(target[size..], values[miss]);
            size += sizeof(double);
            next = miss + 1;
        }

        return size;
    }

    // Writes the bits in the smallest form that beats limitBytes and returns the size; else limitBytes
    // itself.
    private static int WriteBits(
        ReadOnlySpan<long> bits, DoubleScratch scratch, Span<byte> body, int limitBytes)
    {
        Span<long> integers = scratch.Integers.AsSpan(0, bits.Length);
        int shift = OrderedBits.Split(bits, integers);
        int orderedBytes = 2 + IntegerBlock.Write(integers, scratch.Body.AsSpan(2));
        if (orderedBytes < limitBytes)
        {
            scratch.Body[0] = (byte)DoubleScheme.Ordered;
            scratch.Body[1] = (byte)shift;
            scratch.Body.AsSpan(0, orderedBytes).CopyTo(body);
            limitBytes = orderedBytes;
        }

        limitBytes = SplitBits.Write(bits, integers, body, limitBytes);
        int rawBytes = RawSizeBytes(bits.Length);
        if (rawBytes < limitBytes)
        {
            body[0] = (byte)DoubleScheme.Raw;
            MemoryMarshal.AsBytes(bits).CopyTo(body[1..]);
            limitBytes = rawBytes;
        }

        return limitBytes;
    }

    private static bool TryReadDecimal(ref ReadOnlySpan<byte> source, Span<double> values)
    {
        if (source.IsEmpty || (source[0] & ~ExceptionFlag) > DecimalDigits.ExponentMax)
        {
            return false;
        }

        int exponent = source[0] & ~ExceptionFlag;
        bool hasExceptions = source[0] >= ExceptionFlag;
        source = source[1..];
        Span<long> digits = MemoryMarshal.Cast<double, long>(values);
        if (!IntegerBlock.TryRead(ref source, digits))
        {
            return false;
        }

        DecimalDigits.Join(digits, exponent, values);
        return !hasExceptions || TryPatch(ref source, values);
    }

    private static bool TryPatch(ref ReadOnlySpan<byte> source, Span<double> values)
    {
        if (!VarInt.TryReadCount(ref source, 1, values.Length, out int exceptionCount))
        {
            return false;
        }

        int next = 0;
        for (int i = 0; i < exceptionCount; i++)
        {
            if (!VarInt.TryReadCount(ref source, 0, values.Length - 1 - next, out int skipped)
                || source.Length < sizeof(double))
            {
                return false;
            }

            values[next + skipped] = MemoryMarshal.Read<double>(source);
            source = source[sizeof(double)..];
            next += skipped + 1;
        }

        return true;
    }

    private static bool TryReadOrdered(ref ReadOnlySpan<byte> source, Span<long> bits)
    {
        if (source.IsEmpty || source[0] > OrderedBits.ShiftMax)
        {
            return false;
        }

        int shift = source[0];
        source = source[1..];
        bool isRead = IntegerBlock.TryRead(ref source, bits);
        OrderedBits.Join(bits, shift);
        return isRead;
    }

    private static bool TryReadRaw(ref ReadOnlySpan<byte> source, Span<long> bits)
    {
        Span<byte> target = MemoryMarshal.AsBytes(bits);
        if (source.Length < target.Length)
        {
            return false;
        }

        source[..target.Length].CopyTo(target);
        source = source[target.Length..];
        return true;
    }

    private sealed class DoubleScratch
    {
        public long[] Integers { get; } = new long[IntegerCodec.CountMax];

        public short[] Positions { get; } = new short[IntegerCodec.CountMax];

        public byte[] Body { get; } = new byte[
            MaxEncodedSizeBytes(IntegerCodec.CountMax)
            + (IntegerCodec.CountMax / 4 * (sizeof(double) + 2)) + VarInt.MaxSizeBytes];
    }
}
