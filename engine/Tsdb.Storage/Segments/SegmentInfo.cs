namespace Tsdb.Storage.Segments;

/// <summary>What a completed segment came to; size and footer CRC go to the manifest.</summary>
/// <param name="SizeBytes">Length of the file.</param>
/// <param name="FooterCrc">The footer's own checksum, which covers those of everything else.</param>
/// <param name="Features">What the file holds beyond plain values.</param>
/// <param name="SeriesCount">Series in the file.</param>
/// <param name="BlockCount">Blocks of all series.</param>
/// <param name="RowCount">Rows of all series.</param>
/// <param name="CellCount">Present cells of kind Value: the points.</param>
/// <param name="MinTimestampNs">Earliest row; 0 when there is none.</param>
/// <param name="MaxTimestampNs">Latest row; 0 when there is none.</param>
internal sealed record SegmentInfo(
    long SizeBytes,
    uint FooterCrc,
    SegmentFeatures Features,
    long SeriesCount,
    long BlockCount,
    long RowCount,
    long CellCount,
    long MinTimestampNs,
    long MaxTimestampNs);
