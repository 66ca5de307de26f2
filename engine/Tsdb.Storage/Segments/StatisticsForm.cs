namespace Tsdb.Storage.Segments;

/// <summary>
/// How an index entry stores a column's statistics. The numbers are part of the file format.
/// </summary>
internal enum StatisticsForm : byte
{
    /// <summary>
    /// None: a value is not a number or not finite, or some value is not Good, or the type has none.
    /// </summary>
    None = 0,

    /// <summary>As integers: Int64, Timestamp, Bool.</summary>
    Integer = 1,

    /// <summary>Float64 whose values are all decimals of one scale: scale, then as integers.</summary>
    Decimal = 2,

    /// <summary>Float64 as bits.</summary>
    Binary = 3,
}
