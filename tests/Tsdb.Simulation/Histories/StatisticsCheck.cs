using Tsdb.Core;
using Tsdb.Storage;

namespace Tsdb.Simulation.Histories;

/// <summary>Computes a column's statistics the plain way and compares.</summary>
internal static class StatisticsCheck
{
    public static string? FindDifference(
        in ColumnStatistics actual, IReadOnlyList<(long TimestampNs, CellValue Value)> values)
    {
        if (actual.PresentCount != values.Count)
        {
            return $"{values.Count} values";
        }

        if (values.Count == 0)
        {
            return null;
        }

        if (actual.FirstTimestampNs != values[0].TimestampNs
            || actual.LastTimestampNs != values[^1].TimestampNs
            || actual.First != values[0].Value.Bits
            || actual.Last != values[^1].Value.Bits)
        {
            return $"first {values[0]} last {values[^1]}";
        }

        return values[0].Value.Type == ColumnType.Float64
            ? FindFloatDifference(actual, [.. values.Select(static value => FloatOf(value.Value.Bits))])
            : FindIntegerDifference(actual, [.. values.Select(static value => (long)value.Value.Bits)]);
    }

    private static string? FindIntegerDifference(in ColumnStatistics actual, long[] values)
    {
        Int128 sum = 0;
        foreach (long value in values)
        {
            sum += value;
        }

        return (long)actual.Min == values.Min()
            && (long)actual.Max == values.Max()
            && actual.IntegerSum == sum
            ? null
            : $"min {values.Min()} max {values.Max()} sum {sum}";
    }

    private static string? FindFloatDifference(in ColumnStatistics actual, double[] values)
    {
        double sum = values.Sum();
        double sizeSum = values.Sum(Math.Abs);
        bool isClose = Math.Abs(actual.Sum - sum) <= (sizeSum * 1e-9) + double.Epsilon;
        bool isExact = actual.DecimalScale < 0
            || Math.Abs((double)actual.IntegerSum - (sum * Math.Pow(10, actual.DecimalScale)))
                <= sizeSum * Math.Pow(10, actual.DecimalScale) * 1e-9;
        return FloatOf(actual.Min) == values.Min()
            && FloatOf(actual.Max) == values.Max()
            && isClose
            && isExact
            ? null
            : $"min {values.Min()} max {values.Max()} sum {sum}";
    }

    private static double FloatOf(ulong bits) => BitConverter.UInt64BitsToDouble(bits);
}
