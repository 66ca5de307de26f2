using Tsdb.Core;

namespace Tsdb.Simulation.Histories;

/// <summary>One cell as it was written or read: texts as texts, all else as its bits.</summary>
internal readonly record struct CellValue(ColumnType Type, ulong Bits, string? Text)
{
    public static CellValue OfInteger(long value) => new(ColumnType.Int64, (ulong)value, null);

    public static CellValue OfFloat(double value) =>
        new(ColumnType.Float64, BitConverter.DoubleToUInt64Bits(value), null);

    public static CellValue OfText(string text) => new(ColumnType.String, 0, text);

    /// <summary>The cell as a column of a type gives it back: integers of a float column are
    /// floats.</summary>
    public CellValue As(ColumnType type) =>
        Type == ColumnType.Int64 && type == ColumnType.Float64 ? OfFloat((long)Bits) : this;

    public override string ToString() => Type switch
    {
        ColumnType.String => $"'{Text}'",
        ColumnType.Float64 => FormattableString.Invariant($"{BitConverter.UInt64BitsToDouble(Bits):R}f"),
        _ => FormattableString.Invariant($"{(long)Bits}"),
    };
}
