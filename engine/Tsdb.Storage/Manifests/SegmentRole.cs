namespace Tsdb.Storage.Manifests;

/// <summary>Which rows of its window a segment holds.</summary>
internal enum SegmentRole
{
    /// <summary>Rows later than all flushed before. On-time segments never overlap in a series.</summary>
    OnTime = 0,

    /// <summary>Rows that came after their window was flushed.</summary>
    Late = 1,

    /// <summary>Versions that newer rows have superseded.</summary>
    History = 2,
}
