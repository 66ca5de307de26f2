using Tsdb.Core;

namespace Tsdb.Simulation.Histories;

/// <summary>Names a cell of a row; the column is empty for the row's own cells.</summary>
internal readonly record struct CellName(string Column, CellKind Kind) : IComparable<CellName>
{
    public bool IsOfRow => Column.Length == 0;

    /// <summary>Whether the cell's type is the column's.</summary>
    public bool HasColumnType => Kind is CellKind.Value or CellKind.Repaired;

    public override string ToString() => $"{Column}.{Kind}";

    public int CompareTo(CellName other)
    {
        int order = string.CompareOrdinal(Column, other.Column);
        return order != 0 ? order : Kind.CompareTo(other.Kind);
    }

    public static bool operator <(CellName left, CellName right) => left.CompareTo(right) < 0;

    public static bool operator >(CellName left, CellName right) => left.CompareTo(right) > 0;

    public static bool operator <=(CellName left, CellName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(CellName left, CellName right) => left.CompareTo(right) >= 0;
}
