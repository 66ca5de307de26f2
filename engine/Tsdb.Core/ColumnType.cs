namespace Tsdb.Core;

/// <summary>The type of a stored column. The numbers are part of the file formats.</summary>
public enum ColumnType : byte
{
    /// <summary>No type: never stored.</summary>
    None = 0,

    /// <summary>IEEE 754 binary64, kept bit for bit. A cell holds its bits.</summary>
    Float64 = 1,

    /// <summary>Two's complement 64-bit integer. A cell holds its bits.</summary>
    Int64 = 2,

    /// <summary>True or false. A cell holds 1 or 0.</summary>
    Bool = 3,

    /// <summary>UTF-8 text. A cell holds a <see cref="TextSpan"/> into a byte slab beside it.</summary>
    String = 4,

    /// <summary>Nanoseconds since the Unix epoch, UTC. A cell holds the bits of the Int64.</summary>
    Timestamp = 5,
}
