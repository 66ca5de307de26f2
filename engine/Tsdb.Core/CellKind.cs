namespace Tsdb.Core;

/// <summary>
/// What a stored cell says of its column. A column's value and what is known about it are cells of one row
/// that
/// share a column id; whatever a row does not carry takes no space. The numbers are part of the file formats.
/// </summary>
public enum CellKind : byte
{
    /// <summary>The reading itself, as sent; type as the column's.</summary>
    Value = 0,

    /// <summary>OPC UA status code of the reading, Int64 cell holding a u32. Absent means Good (0).</summary>
    Status = 1,

    /// <summary>Bit set of the quality rules' findings, Int64. Absent means none.</summary>
    Findings = 2,

    /// <summary>The repaired or converted value beside the raw one; type as the column's. Absent means
    /// none.</summary>
    Repaired = 3,

    /// <summary>Row cell: the timestamp as sent, Timestamp, where the row's own is a repaired one.</summary>
    RawTimestamp = 8,

    /// <summary>Row cell: when the row arrived, Timestamp.</summary>
    Arrival = 9,

    /// <summary>Row cell: the sender's stream number, Int64.</summary>
    SourceStream = 10,

    /// <summary>Row cell: the row's sequence number within its stream, Int64.</summary>
    SourceSequence = 11,

    /// <summary>Row cell of a kept, superseded version: commit position (LSN) that wrote it, Int64.</summary>
    VersionFrom = 12,

    /// <summary>Row cell of a kept, superseded version: commit position (LSN) that replaced it,
    /// Int64.</summary>
    VersionTo = 13,
}
