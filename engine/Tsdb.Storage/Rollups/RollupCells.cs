using Tsdb.Core;

namespace Tsdb.Storage.Rollups;

/// <summary>
/// The columns of a rollup segment. A row is a bucket, its time the bucket's start; what it says of a field
/// stands in columns of their own, numbered from the field's. A bucket in which a field has no usable value
/// has none of its cells.
/// </summary>
internal static class RollupCells
{
    /// <summary>Rows of the bucket, Int64.</summary>
    public static readonly ColumnKey Rows = KeyOf(0, RollupCell.Count);

    private const int CellsPerColumn = 16;

    /// <summary>The key of a cell.</summary>
    public static ColumnKey KeyOf(int columnId, RollupCell cell) =>
        ColumnKey.ValueOf((columnId * CellsPerColumn) + 1 + (int)cell);

    /// <summary>The type of a cell.</summary>
    /// <param name="type">The field's.</param>
    /// <param name="cell">Which cell.</param>
    public static ColumnType TypeOf(ColumnType type, RollupCell cell) => cell switch
    {
        RollupCell.Count or RollupCell.FirstOffset or RollupCell.LastOffset => ColumnType.Int64,
        _ => type,
    };

    /// <summary>Whether a tier can have fields of the type.</summary>
    public static bool IsNumber(ColumnType type) => type is ColumnType.Int64 or ColumnType.Float64;

    /// <summary>How many cells a field has: only the sum of integers needs two.</summary>
    public static int CountOf(ColumnType type) => (int)RollupCell.Sum + (type == ColumnType.Int64 ? 2 : 1);
}
