using Tsdb.Core;

namespace Tsdb.Storage.Memtables;

/// <summary>Which cells a row of the memtable carries: rows of one shape need no presence bits.</summary>
/// <param name="Index">Its place among the memtable's shapes.</param>
/// <param name="TableId">The table of the series.</param>
/// <param name="Keys">The cells in order, ascending by key.</param>
/// <param name="Types">The type of each.</param>
internal sealed record RowShape(int Index, int TableId, ColumnKey[] Keys, ColumnType[] Types)
{
    /// <summary>Words before a row's cells: timestamp, then arrival ordinal.</summary>
    public const int HeaderWordCount = 2;

    // Open rows take no more than half a slab, so that any block and any sealed chunk fits into one.
    private const int OpenWordCountMax = Arena.WordCountMax / 2;

    /// <summary>Words of one row.</summary>
    public int StrideWordCount { get; } = HeaderWordCount + Keys.Length;

    /// <summary>Rows that are open before they are sealed.</summary>
    public int OpenRowCount { get; } = Math.Clamp(
        OpenWordCountMax / (HeaderWordCount + Keys.Length), 1, TailLayout.OpenRowCountMax);

    /// <summary>Whether a cell is a text, which is in the arena beside the row.</summary>
    public bool HasTexts { get; } = Types.Contains(ColumnType.String);

    /// <summary>Rows of the block that begins with an open row.</summary>
    public int BlockRowCount(uint firstRow) =>
        Math.Min(TailLayout.BlockEnd(firstRow), OpenRowCount) - (int)firstRow;
}
