namespace Tsdb.EndToEnd.Columns;

/// <summary>One record batch that <c>node/make-arrow.mjs</c> makes.</summary>
/// <param name="Number">Stands in its rows and times: two batches of one number have the same keys.</param>
/// <param name="RowCount">How many.</param>
/// <param name="Bump">Added to every float: by it is seen whether a batch sent again was stored.</param>
internal sealed record ForeignBatch(
    int Number, int RowCount = ForeignBatch.UsualRowCount, int Bump = 0)
{
    public const int UsualRowCount = 60;
}
