namespace Tsdb.Core;

/// <summary>Names one stream of cells of a table: a column (or, as id 0, the row itself) and what is said of
/// it.</summary>
/// <param name="ColumnId">The column's id within its table, from 1; <see cref="RowColumnId"/> for row
/// cells.</param>
/// <param name="Kind">Value, status and so on.</param>
public readonly record struct ColumnKey(int ColumnId, CellKind Kind) : IComparable<ColumnKey>
{
    /// <summary>The column id under which the cells that belong to the whole row are kept.</summary>
    public const int RowColumnId = 0;

    /// <summary>The key of a column's values.</summary>
    public static ColumnKey ValueOf(int columnId) => new(columnId, CellKind.Value);

    /// <summary>The key as one number whose order is the key's order: column id, then kind.</summary>
    public uint Packed => ((uint)ColumnId << 4) | (byte)Kind;

    /// <summary>The key of a packed number.</summary>
    public static ColumnKey FromPacked(uint packed) => new((int)(packed >> 4), (CellKind)(packed & 15));

    /// <inheritdoc />
    public int CompareTo(ColumnKey other) => Packed.CompareTo(other.Packed);

    /// <summary>Sorts before.</summary>
    public static bool operator <(ColumnKey left, ColumnKey right) => left.Packed < right.Packed;

    /// <summary>Sorts after.</summary>
    public static bool operator >(ColumnKey left, ColumnKey right) => left.Packed > right.Packed;

    /// <summary>The same or sorts before.</summary>
    public static bool operator <=(ColumnKey left, ColumnKey right) => left.Packed <= right.Packed;

    /// <summary>The same or sorts after.</summary>
    public static bool operator >=(ColumnKey left, ColumnKey right) => left.Packed >= right.Packed;
}
