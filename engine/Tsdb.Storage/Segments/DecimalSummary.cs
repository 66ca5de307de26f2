using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Finds whether doubles are decimals: integers divided by one power of ten, bit for bit. If so, their
/// statistics are those of the integers: a few bytes instead of forty, and an exact sum.
/// </summary>
internal static class DecimalSummary
{
    public const int MaxScale = 15;

    // Every integer below is a binary64, and so is every difference of two of them.
    private const double MaxMagnitude = 1L << 51;

    // 1.5 * 2^52: adding it leaves an integer of magnitude below 2^51 in the low mantissa bits; taking it
    // away again gives the integer's double, whose zero has no sign. So -0.0 is no decimal: its integer
    // would lose the sign.
    private const double Rounder = 6755399441055744.0;

    private static readonly double[] _powersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>The double that an integer stands for.</summary>
    public static double ToDouble(long digits, int scale) => digits / _powersOfTen[scale];

    /// <summary>The sum as binary64.</summary>
    public static double ToDouble(Int128 digitsSum, int scale) => (double)digitsSum / _powersOfTen[scale];

    /// <summary>
    /// Writes the integers to <paramref name="digits"/> and returns the smallest scale at which all values
    /// are decimals, or -1.
    /// </summary>
    /// <param name="values">1 … 1024 finite values.</param>
    /// <param name="digits">As long as <paramref name="values"/>.</param>
    public static int FindScale(ReadOnlySpan<double> values, Span<long> digits)
    {
        double first = values[0];
        double middle = values[values.Length / 2];
        double last = values[^1];
        for (int scale = 0; scale <= MaxScale; scale++)
        {
            double power = _powersOfTen[scale];
            if (IsDecimal(first, power) && IsDecimal(middle, power) && IsDecimal(last, power)
                && TryScale(values, power, digits))
            {
                return scale;
            }
        }

        return -1;
    }

    private static bool IsDecimal(double value, double power)
    {
        double digits = Math.Round(value * power) + Rounder - Rounder;
        return Math.Abs(digits) < MaxMagnitude
            && BitConverter.DoubleToInt64Bits(digits / power) == BitConverter.DoubleToInt64Bits(value);
    }

    private static bool TryScale(ReadOnlySpan<double> values, double power, Span<long> digits)
    {
        ReadOnlySpan<Vector256<double>> lanes = MemoryMarshal.Cast<double, Vector256<double>>(values);
        Span<Vector256<long>> digitLanes = MemoryMarshal.Cast<long, Vector256<long>>(digits);
        Vector256<double> powers = Vector256.Create(power);
        Vector256<double> limit = Vector256.Create(MaxMagnitude);
        Vector256<double> shift = Vector256.Create(Rounder);
        for (int i = 0; i < lanes.Length; i++)
        {
            Vector256<double> rounded = Vector256.Round(lanes[i] * powers);
            bool isSmall = Vector256.LessThanAll(Vector256.Abs(rounded), limit);
            Vector256<double> shifted = rounded + shift;
            if (!isSmall || ((shifted - shift) / powers).AsInt64() != lanes[i].AsInt64())
            {
                return false;
            }

            digitLanes[i] = shifted.AsInt64() - shift.AsInt64();
        }

        for (int i = lanes.Length * Vector256<double>.Count; i < values.Length; i++)
        {
            if (!IsDecimal(values[i], power))
            {
                return false;
            }

            digits[i] = (long)Math.Round(values[i] * power);
        }

        return true;
    }
}
