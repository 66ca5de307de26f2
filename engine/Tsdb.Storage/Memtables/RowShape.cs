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

    /// <summary>Words of one row.</summary>
    public int StrideWordCount { get; } = HeaderWordCount + Keys.Length;
}
