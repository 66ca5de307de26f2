using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// Doubles that are an integer over a power of ten, as what a person or a sensor wrote down is. The value is
/// defined as the IEEE quotient digits / 10^k.
/// </summary>
/// <remarks>
/// With a fused multiply-add the quotient comes from a correctly rounded remainder (Markstein 1990), three
/// times as fast as a division. The encoder checks both forms of every value, so what one machine writes,
/// every other reads to the same bits.
/// </remarks>
internal static class DecimalDigits
{
    public const int ExponentMax = 17;

    // 1.5 * 2^52: added to a number below 2^51 it rounds it to an integer and leaves that in the low bits.
    private const double Rounder = 6755399441055744.0;
    private const long RounderBits = 0x4338_0000_0000_0000;
    private const long DigitsEnd = 1L << 51;
    private const int SampleCount = 32;
    private const int SampleMissMax = 8;

    private static readonly double[] _powers =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17];

    private static bool HasFusedMultiplyAdd =>
        Fma.IsSupported || System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.IsSupported;

    /// <summary>
    /// The least exponent that makes a sample's values integers; false when too many have none.
    /// </summary>
    public static bool TryFindExponent(ReadOnlySpan<double> values, out int exponent)
    {
        exponent = 0;
        int sampleCount = Math.Min(values.Length, SampleCount);
        int missCount = 0;
        for (int i = 0; i < sampleCount; i++)
        {
            double value = values[i * values.Length / sampleCount];
            int own = exponent;
            while (own <= ExponentMax && !IsQuotient(value, _powers[own]))
            {
                // Beyond 2^51 digits no higher power helps; NaN fails the comparison too.
                own = Math.Abs(value * _powers[own]) < DigitsEnd ? own + 1 : ExponentMax + 1;
            }

            if (own <= ExponentMax)
            {
                exponent = own;
            }
            else if (++missCount > SampleMissMax * sampleCount / SampleCount)
            {
                return false;
            }
        }

        return missCount < sampleCount;
    }

    /// <summary>
    /// Whether the digits at this exponent give back the value's very bits, by both ways of decoding.
    /// </summary>
    public static bool IsDecimal(double value, int exponent)
    {
        double power = _powers[exponent];
        double reciprocal = 1.0 / power;
        double rounded = (value * power) + Rounder;
        long digits = BitConverter.DoubleToInt64Bits(rounded) - RounderBits;
        double integer = rounded - Rounder;
        double estimate = integer * reciprocal;
        double corrected = Math.FusedMultiplyAdd(
            Math.FusedMultiplyAdd(-estimate, power, integer), reciprocal, estimate);
        long bits = BitConverter.DoubleToInt64Bits(value);
        return BitConverter.DoubleToInt64Bits(integer / power) == bits
            && BitConverter.DoubleToInt64Bits(corrected) == bits
            && digits is > -DigitsEnd and < DigitsEnd;
    }

    // The cheap half of the check, for samples. Digits beyond 2^51 would pass by not being rounded at all.
    private static bool IsQuotient(double value, double power)
    {
        double product = value * power;
        double integer = product + Rounder - Rounder;
        return BitConverter.DoubleToInt64Bits(integer / power) == BitConverter.DoubleToInt64Bits(value)
            && Math.Abs(product) < DigitsEnd;
    }

    /// <summary>
    /// Writes the digits of every value and returns how many are no decimals; for those the digits of a
    /// neighbour stand in, and <paramref name="misses"/> lists their positions.
    /// </summary>
    public static int Split(ReadOnlySpan<double> values, int exponent, Span<long> digits, Span<short> misses)
    {
        double power = _powers[exponent];
        double reciprocal = 1.0 / power;
        int vectorLength = Vector<double>.Count;
        ref double source = ref MemoryMarshal.GetReference(values);
        ref long target = ref MemoryMarshal.GetReference(digits);
        int missCount = 0;
        int i = 0;
        for (; i <= values.Length - vectorLength; i += vectorLength)
        {
            Vector<double> vector = Vector.LoadUnsafe(ref source, (nuint)i);
            Vector<double> rounded = (vector * power) + new Vector<double>(Rounder);
            Vector<long> integers = Vector.AsVectorInt64(rounded) - new Vector<long>(RounderBits);
            Vector<double> floats = rounded - new Vector<double>(Rounder);
            Vector<double> quotient = floats / new Vector<double>(power);
            Vector<double> corrected = Correct(floats, power, reciprocal);
            Vector<long> bits = Vector.AsVectorInt64(vector);
            Vector<long> isExact = Vector.Equals(Vector.AsVectorInt64(quotient), bits)
                & Vector.Equals(Vector.AsVectorInt64(corrected), bits)
                & Vector.LessThan(Vector.Abs(integers), new Vector<long>(DigitsEnd));
            integers.StoreUnsafe(ref target, (nuint)i);
            if (!Vector.EqualsAll(isExact, Vector<long>.AllBitsSet))
            {
                missCount = AddMisses(values.Slice(i, vectorLength), exponent, i, misses, missCount);
            }
        }

        for (; i < values.Length; i++)
        {
            double rounded = (values[i] * power) + Rounder;
            digits[i] = BitConverter.DoubleToInt64Bits(rounded) - RounderBits;
            missCount = AddMisses(values.Slice(i, 1), exponent, i, misses, missCount);
        }

        FillMisses(digits[..values.Length], misses[..missCount]);
        return missCount;
    }

    /// <summary>Turns digits into values. Digits that no encoder writes give some value or other.</summary>
    public static void Join(ReadOnlySpan<long> digits, int exponent, Span<double> values)
    {
        double power = _powers[exponent];
        double reciprocal = 1.0 / power;
        ReadOnlySpan<Vector<long>> sources = MemoryMarshal.Cast<long, Vector<long>>(digits);
        Span<Vector<double>> targets = MemoryMarshal.Cast<double, Vector<double>>(values);
        for (int i = 0; i < sources.Length; i++)
        {
            Vector<long> biased = sources[i] + new Vector<long>(RounderBits);
            Vector<double> floats = Vector.AsVectorDouble(biased) - new Vector<double>(Rounder);
            targets[i] = HasFusedMultiplyAdd
                ? Correct(floats, power, reciprocal)
                : floats / new Vector<double>(power);
        }

        for (int i = sources.Length * Vector<long>.Count; i < digits.Length; i++)
        {
            double biased = BitConverter.Int64BitsToDouble(unchecked(digits[i] + RounderBits));
            values[i] = (biased - Rounder) / power;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Correct(Vector<double> integers, double power, double reciprocal)
    {
        Vector<double> reciprocals = new(reciprocal);
        Vector<double> estimate = integers * reciprocals;
        Vector<double> remainder = Vector.FusedMultiplyAdd(-estimate, new Vector<double>(power), integers);
        return Vector.FusedMultiplyAdd(remainder, reciprocals, estimate);
    }

    private static int AddMisses(
        ReadOnlySpan<double> values, int exponent, int start, Span<short> misses, int missCount)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!IsDecimal(values[i], exponent))
            {
                misses[missCount++] = (short)(start + i);
            }
        }

        return missCount;
    }

    private static void FillMisses(Span<long> digits, ReadOnlySpan<short> misses)
    {
        // The first one takes the first digits that are good, so that no miss widens the block.
        int firstGood = 0;
        while (firstGood < misses.Length && misses[firstGood] == firstGood)
        {
            firstGood++;
        }

        long standIn = firstGood < digits.Length ? digits[firstGood] : 0;
        foreach (short miss in misses)
        {
            digits[miss] = miss == 0 ? standIn : digits[miss - 1];
        }
    }
}
