namespace Tsdb.Query.Arrow.Writing;

/// <summary>Types of columns that are written.</summary>
public enum ArrowOutputType
{
    /// <summary>Not a type.</summary>
    None = 0,

    /// <summary>8-bit integer.</summary>
    Int8,

    /// <summary>16-bit integer.</summary>
    Int16,

    /// <summary>32-bit integer.</summary>
    Int32,

    /// <summary>64-bit integer.</summary>
    Int64,

    /// <summary>IEEE 754 binary64.</summary>
    Float64,

    /// <summary>A bit.</summary>
    Bool,

    /// <summary>UTF-8 behind 32-bit offsets.</summary>
    Text,

    /// <summary>Nanoseconds since the Unix epoch, UTC.</summary>
    Timestamp,

    /// <summary>32-bit indexes into a dictionary of UTF-8.</summary>
    TextDictionary,
}
