using Tsdb.Core;

namespace Tsdb.Storage.Segments;

/// <summary>
/// What a segment knows of one of its series; <see cref="SeriesBlocks.Open"/> takes it to the blocks.
/// </summary>
/// <param name="Series">The series.</param>
/// <param name="TableId">Its table.</param>
/// <param name="RowCount">Rows in the segment.</param>
/// <param name="BlockCount">Blocks in the segment.</param>
/// <param name="FirstTimestampNs">Its earliest row.</param>
/// <param name="LastTimestampNs">Its latest row.</param>
/// <param name="LayoutIndex">Number of its list of columns.</param>
/// <param name="DataOffsetBytes">Where its chunks start in the file.</param>
/// <param name="BlocksOffsetBytes">Where its blocks' entries start in the block index.</param>
/// <param name="EndOffsetBytes">Where they end.</param>
internal readonly record struct SeriesEntry(
    SeriesId Series,
    int TableId,
    long RowCount,
    int BlockCount,
    long FirstTimestampNs,
    long LastTimestampNs,
    int LayoutIndex,
    long DataOffsetBytes,
    int BlocksOffsetBytes,
    int EndOffsetBytes);
