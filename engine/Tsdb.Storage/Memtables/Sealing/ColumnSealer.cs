using System.Runtime.InteropServices;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Memtables.Sealing;

/// <summary>Writes one column of a <see cref="SealedChunk"/>. Reusable; one thread.</summary>
internal sealed class ColumnSealer
{
    private readonly long[] _digits = new long[TailLayout.OpenRowCountMax];
    private readonly short[] _misses = new short[TailLayout.OpenRowCountMax];

    /// <summary>Writes the column and returns its code.</summary>
    public static byte WriteIntegers(ReadOnlySpan<long> values, Span<ulong> target)
    {
        ValueRange range = ValueRange.Of(values);
        int width = SealedChunk.WidthOf(unchecked((ulong)(range.Max - range.Min)));
        if (width > 0 && TryWriteLine(values, width, target, out byte code))
        {
            return code;
        }

        target[0] = (ulong)range.Min;
        Pack(values, range.Min, 0, width, target[1..]);
        return SealedChunk.Code(SealedChunk.PlainForm, width);
    }

    /// <summary>
    /// Writes doubles as digits over a power of ten where all of them are, else their bits.
    /// </summary>
    /// <param name="bits">The doubles' bits.</param>
    /// <param name="hint">The code of the column's values before these; 0 for none.</param>
    /// <param name="target">Room for the column.</param>
    public byte WriteDoubles(ReadOnlySpan<long> bits, byte hint, Span<ulong> target)
    {
        ReadOnlySpan<double> values = MemoryMarshal.Cast<long, double>(bits);
        int exponent = SealedChunk.FormOf(hint) - SealedChunk.FirstDecimalForm;
        if ((exponent >= 0 && AreDecimal(values, exponent))
            || (DecimalDigits.TryFindExponent(values, out exponent) && AreDecimal(values, exponent)))
        {
            ReadOnlySpan<long> digits = _digits.AsSpan(0, values.Length);
            ValueRange range = ValueRange.Of(digits);
            int width = SealedChunk.WidthOf(unchecked((ulong)(range.Max - range.Min)));
            target[0] = (ulong)range.Min;
            Pack(digits, range.Min, 0, width, target[1..]);
            return SealedChunk.Code(SealedChunk.FirstDecimalForm + exponent, width);
        }

        return WriteIntegers(bits, target);
    }

    private bool AreDecimal(ReadOnlySpan<double> values, int exponent) =>
        DecimalDigits.Split(values, exponent, _digits.AsSpan(0, values.Length), _misses) == 0;

    /// <summary>Steady clocks and counters: what is left beside a line through both ends is narrow.</summary>
    private static bool TryWriteLine(
        ReadOnlySpan<long> values, int plainWidth, Span<ulong> target, out byte code)
    {
        code = 0;
        if (values.Length < 3)
        {
            return false;
        }

        long step = unchecked(values[^1] - values[0]) / (values.Length - 1);
        if (step == 0)
        {
            return false;
        }

        // Bytes get narrower only where nothing at all is left beside the line.
        if (plainWidth == 1 && unchecked(values[1] - values[0]) != step)
        {
            return false;
        }

        long min = long.MaxValue;
        long max = long.MinValue;
        long line = 0;
        foreach (long value in values)
        {
            long rest = unchecked(value - line);
            min = Math.Min(min, rest);
            max = Math.Max(max, rest);
            line = unchecked(line + step);
        }

        int width = SealedChunk.WidthOf(unchecked((ulong)(max - min)));
        if (width >= plainWidth)
        {
            return false;
        }

        target[0] = (ulong)min;
        target[1] = (ulong)step;
        Pack(values, min, step, width, target[2..]);
        code = SealedChunk.Code(SealedChunk.LinearForm, width);
        return true;
    }

    /// <summary>Writes value - reference - i * step; the width holds each.</summary>
    private static void Pack(
        ReadOnlySpan<long> values, long reference, long step, int width, Span<ulong> target)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(target);
        switch (width)
        {
            case 0:
                break;
            case 1:
                Pack(values, reference, step, bytes);
                break;
            case 2:
                Pack(values, reference, step, MemoryMarshal.Cast<byte, ushort>(bytes));
                break;
            case 3:
                Pack(values, reference, step, MemoryMarshal.Cast<byte, uint>(bytes));
                break;
            default:
                Pack(values, reference, step, target);
                break;
        }
    }

    private static void Pack<T>(ReadOnlySpan<long> values, long reference, long step, Span<T> target)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        target = target[..values.Length];
        for (int i = 0; i < target.Length; i++)
        {
            // Wraps on purpose, as the reading does: any 64-bit values can be written.
            target[i] = T.CreateTruncating(unchecked(values[i] - reference));
            reference = unchecked(reference + step);
        }
    }
}
