namespace Tsdb.Query.Arrow.Reading;

/// <summary>The types of columns that are taken, by how their values lie in memory.</summary>
internal enum ArrowKind : byte
{
    /// <summary>Not taken.</summary>
    None = 0,

    Null,
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float16,
    Float32,
    Float64,

    /// <summary>64-bit count of a unit since the epoch.</summary>
    Instant64,

    /// <summary>32-bit count of days since the epoch.</summary>
    Instant32,

    /// <summary>Texts behind 32-bit offsets.</summary>
    Text,

    /// <summary>Texts behind 64-bit offsets.</summary>
    LargeText,

    /// <summary>Texts behind 16-byte views.</summary>
    TextView,
}
