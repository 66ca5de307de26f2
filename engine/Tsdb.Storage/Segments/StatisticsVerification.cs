using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Compares a block's statistics with its values: queries believe them unread. A block that can be folded is
/// not decoded for it.
/// </summary>
internal sealed class StatisticsVerification
{
    private readonly ulong[] _gathered = new ulong[SegmentBlock.MaxRowCount];
    private readonly long[] _digits = new long[SegmentBlock.MaxRowCount];

    /// <summary>Whether least, greatest, sum and number of a folded block are as its statistics
    /// say.</summary>
    /// <param name="fold">Of the integers or digits.</param>
    /// <param name="scale">Of the digits; at least the statistics' own, since that is the least
    /// possible.</param>
    /// <param name="isDecimal">Whether the values are digits over 10^scale.</param>
    /// <param name="statistics">As stored.</param>
    public static bool Agree(in IntegerFold fold, int scale, bool isDecimal, in BlockStatistics statistics)
    {
        if (!isDecimal)
        {
            return statistics.Min == (ulong)fold.Min
                && statistics.Max == (ulong)fold.Max
                && statistics.IntegerSum == fold.Sum;
        }

        if (scale < statistics.DecimalScale || statistics.DecimalScale < 0)
        {
            return false;
        }

        long power = 1;
        for (int i = statistics.DecimalScale; i < scale; i++)
        {
            power *= 10;
        }

        return statistics.Min == ToCell(fold.Min / power, statistics.DecimalScale)
            && statistics.Max == ToCell(fold.Max / power, statistics.DecimalScale)
            && statistics.IntegerSum * power == fold.Sum;
    }

    /// <summary>Whether a decoded block's statistics are those of its values, first and last
    /// included.</summary>
    /// <param name="type">The column's.</param>
    /// <param name="cells">One for each row of the block.</param>
    /// <param name="presence">Which of them are there.</param>
    /// <param name="statistics">As stored.</param>
    public bool Agree(
        ColumnType type,
        ReadOnlySpan<ulong> cells,
        ReadOnlySpan<ulong> presence,
        in BlockStatistics statistics)
    {
        int count = 0;
        for (int row = 0; row < cells.Length; row++)
        {
            _gathered[count] = cells[row];
            count += (int)(presence[row >> 6] >> (row & 63) & 1);
        }

        ReadOnlySpan<ulong> values = _gathered.AsSpan(0, count);
        bool isBounded = count == statistics.PresentCount
            && values[0] == statistics.First
            && values[^1] == statistics.Last;
        return isBounded && (type == ColumnType.Float64
            ? AgreeNumbers(MemoryMarshal.Cast<ulong, double>(values), statistics)
            : AgreeIntegers(IntegerSummary.Of(MemoryMarshal.Cast<ulong, long>(values)), count, statistics));
    }

    private bool AgreeNumbers(ReadOnlySpan<double> values, in BlockStatistics statistics)
    {
        int scale = DecimalSummary.FindScale(values, _digits);
        if (scale != statistics.DecimalScale)
        {
            return false;
        }

        if (scale < 0)
        {
            BinarySummary binary = BinarySummary.Of(values);
            return HasBits(binary.Min, statistics.Min)
                && HasBits(binary.Max, statistics.Max)
                && (HasBits(binary.Sum, BitConverter.DoubleToUInt64Bits(statistics.Sum))
                    || values.IndexOfAnyExcept(values[0]) < 0);
        }

        IntegerSummary digits = IntegerSummary.Of(_digits.AsSpan(0, values.Length));
        return ToCell(digits.Min, scale) == statistics.Min
            && ToCell(digits.Max, scale) == statistics.Max
            && digits.Sum(values.Length) == statistics.IntegerSum;
    }

    private static bool AgreeIntegers(in IntegerSummary summary, int count, in BlockStatistics statistics) =>
        statistics.Min == (ulong)summary.Min
        && statistics.Max == (ulong)summary.Max
        && statistics.IntegerSum == summary.Sum(count);

    private static bool HasBits(double value, ulong bits) => BitConverter.DoubleToUInt64Bits(value) == bits;

    private static ulong ToCell(long digits, int scale) =>
        BitConverter.DoubleToUInt64Bits(DecimalSummary.ToDouble(digits, scale));
}
