using Tsdb.Core;
using Tsdb.Storage;

namespace Tsdb.Query.Planning;

/// <summary>A comparison of a field with a constant, in a form that block statistics can refute.</summary>
/// <param name="Slot">The field's slot.</param>
/// <param name="Type">The field's type, Int64 or Float64.</param>
/// <param name="Comparison">= &lt;&gt; &lt; &lt;= &gt; &gt;=, the field on the left.</param>
/// <param name="Value">The constant.</param>
internal readonly record struct BlockBound(int Slot, ResultType Type, string Comparison, double Value)
{
    /// <summary>Whether no value of the block can fulfil the comparison.</summary>
    public bool Excludes(in ColumnStatistics statistics)
    {
        if (statistics.PresentCount == 0)
        {
            return true;
        }

        // A 64-bit integer as binary64 is off by at most half a unit in the last place, and order is kept:
        // only strict comparisons on such rounded numbers could mislead, so those are not decided.
        double min = ToNumber(statistics.Min);
        double max = ToNumber(statistics.Max);
        bool isExact = Type == ResultType.Float64 || (IsSmall(min) && IsSmall(max));
        return isExact && Comparison switch
        {
            "=" => Value < min || Value > max,
            "<" => min >= Value,
            "<=" => min > Value,
            ">" => max <= Value,
            ">=" => max < Value,
            _ => min == Value && max == Value,
        };
    }

    private static bool IsSmall(double value) => Math.Abs(value) < 1L << 53;

    private double ToNumber(ulong cell) =>
        Type == ResultType.Float64 ? BitConverter.UInt64BitsToDouble(cell) : (long)cell;
}
