namespace Tsdb.Storage.Segments;

/// <summary>
/// What a segment holds beyond plain values; each bit is set when, and only when, such cells are in the file,
/// and what is not there takes no byte. All are incompatible features: a reader that does not know one must
/// refuse the file, since without it it would give wrong answers. The numbers are part of the file format.
/// </summary>
[Flags]
internal enum SegmentFeatures : ulong
{
    /// <summary>Plain values only.</summary>
    None = 0,

    /// <summary>Cells of kind Status.</summary>
    StatusCells = 1 << 0,

    /// <summary>Cells of kind Findings.</summary>
    FindingsCells = 1 << 1,

    /// <summary>Cells of kind Repaired.</summary>
    RepairedCells = 1 << 2,

    /// <summary>Row cells of kind RawTimestamp.</summary>
    RawTimestamps = 1 << 3,

    /// <summary>Row cells of kind Arrival.</summary>
    ArrivalTimes = 1 << 4,

    /// <summary>Row cells of kind SourceStream or SourceSequence.</summary>
    SourceSequences = 1 << 5,

    /// <summary>
    /// Rows that say something of a column (status, findings, repaired) without carrying its value.
    /// </summary>
    StatusPatches = 1 << 6,

    /// <summary>
    /// Superseded versions: row cells of kind VersionFrom or VersionTo; timestamps may repeat.
    /// </summary>
    KeptVersions = 1 << 7,

    /// <summary>Every feature this code reads.</summary>
    Known = (1 << 8) - 1,
}
