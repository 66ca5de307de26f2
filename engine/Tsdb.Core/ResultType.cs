namespace Tsdb.Core;

/// <summary>The type of a result column.</summary>
public enum ResultType : byte
{
    /// <summary>The type of a bare NULL.</summary>
    Null = 0,

    /// <summary>IEEE 754 binary64; <see cref="ColumnVector.Words"/> hold its bits.</summary>
    Float64,

    /// <summary>64-bit signed integer; <see cref="ColumnVector.Words"/> hold its bits.</summary>
    Int64,

    /// <summary>True or false; <see cref="ColumnVector.Words"/> hold 1 or 0.</summary>
    Bool,

    /// <summary>Text; <see cref="ColumnVector.Words"/> hold indexes into
    /// <see cref="ColumnVector.Texts"/>.</summary>
    String,

    /// <summary>Nanoseconds since the Unix epoch, UTC; <see cref="ColumnVector.Words"/> hold the Int64's
    /// bits.</summary>
    Timestamp,

    /// <summary>A span of time in ns; <see cref="ColumnVector.Words"/> hold the Int64's bits.</summary>
    Duration,

    /// <summary>A <see cref="Core.Quality"/>; <see cref="ColumnVector.Words"/> hold its number.</summary>
    Quality,
}
