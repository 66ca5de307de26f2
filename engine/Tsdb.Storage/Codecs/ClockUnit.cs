using System.Numerics;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// A unit of time, and exact division by it: one multiplication by the inverse modulo 2^64 a value.
/// </summary>
internal readonly struct ClockUnit
{
    private readonly int _twos;
    private readonly long _inverse;
    private readonly long _quotientMax;

    public ClockUnit(long nanoseconds)
    {
        Nanoseconds = nanoseconds;
        _twos = BitOperations.TrailingZeroCount(nanoseconds);
        _quotientMax = long.MaxValue / nanoseconds;
        long odd = nanoseconds >> _twos;
        long inverse = odd;

        // Newton's iteration doubles the correct low bits; an odd number is its own inverse modulo 8.
        for (int correctBits = 3; correctBits < 64; correctBits *= 2)
        {
            inverse = unchecked(inverse * (2 - (odd * inverse)));
        }

        _inverse = inverse;
    }

    public long Nanoseconds { get; }

    /// <summary>
    /// quotients[i] = (values[i] - values[0]) / unit; false, leaving garbage, when one has a remainder.
    /// </summary>
    public bool TryDivide(ReadOnlySpan<long> values, Span<long> quotients)
    {
        long first = values[0];
        long lowMask = (1L << _twos) - 1;
        ulong quotientSpan = 2 * (ulong)_quotientMax;
        quotients = quotients[..values.Length];
        if (Nanoseconds == 1)
        {
            values.CopyTo(quotients);
            Trend.AddLine(quotients, unchecked(-first), 0);
            return true;
        }

        for (int i = 0; i < values.Length; i++)
        {
            // Wraps on purpose, as the decoder does. A multiple of the unit has a quotient within these
            // bounds, and the product with the odd part is then the distance itself.
            long distance = unchecked(values[i] - first);
            long quotient = unchecked((distance >> _twos) * _inverse);
            if ((distance & lowMask) != 0 || unchecked((ulong)(quotient + _quotientMax)) > quotientSpan)
            {
                return false;
            }

            quotients[i] = quotient;
        }

        return true;
    }
}
