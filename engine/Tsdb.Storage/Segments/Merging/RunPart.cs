namespace Tsdb.Storage.Segments.Merging;

/// <summary>Some rows of a run that is merged.</summary>
/// <param name="Rows">The run, in time order.</param>
/// <param name="FirstRow">The first row to be merged.</param>
/// <param name="EndRow">The first one after.</param>
internal readonly record struct RunPart(SeriesRows Rows, int FirstRow, int EndRow)
{
    public int RowCount => EndRow - FirstRow;

    public bool IsWhole => RowCount == Rows.RowCount;
}
