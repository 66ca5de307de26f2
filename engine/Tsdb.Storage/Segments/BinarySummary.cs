namespace Tsdb.Storage.Segments;

/// <summary>
/// First, last, least, greatest and compensated sum of doubles that are no decimals; 40 bytes.
/// </summary>
internal readonly record struct BinarySummary(double First, double Last, double Min, double Max, double Sum)
{
    public const int SizeBytes = 5 * sizeof(double);

    /// <param name="values">1 … 1024 finite values.</param>
    public static BinarySummary Of(ReadOnlySpan<double> values)
    {
        double min = values[0];
        double max = values[0];
        foreach (double value in values)
        {
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }

        return new(values[0], values[^1], min, max, SumCompensated(values));
    }

    public void Write(PackedWriter target)
    {
        target.WriteFixed(BitConverter.DoubleToUInt64Bits(First));
        target.WriteFixed(BitConverter.DoubleToUInt64Bits(Last));
        target.WriteFixed(BitConverter.DoubleToUInt64Bits(Min));
        target.WriteFixed(BitConverter.DoubleToUInt64Bits(Max));
        target.WriteFixed(BitConverter.DoubleToUInt64Bits(Sum));
    }

    public static BinarySummary Read(ref PackedReader source) => new(
        BitConverter.UInt64BitsToDouble(source.ReadFixed64()),
        BitConverter.UInt64BitsToDouble(source.ReadFixed64()),
        BitConverter.UInt64BitsToDouble(source.ReadFixed64()),
        BitConverter.UInt64BitsToDouble(source.ReadFixed64()),
        BitConverter.UInt64BitsToDouble(source.ReadFixed64()));

    /// <summary>Neumaier's sum: exact but for one rounding in all ordinary cases.</summary>
    private static double SumCompensated(ReadOnlySpan<double> values)
    {
        double sum = 0;
        double lost = 0;
        foreach (double value in values)
        {
            double next = sum + value;
            lost += Math.Abs(sum) >= Math.Abs(value) ? sum - next + value : value - next + sum;
            sum = next;
        }

        return sum + lost;
    }
}
