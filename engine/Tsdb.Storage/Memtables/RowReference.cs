namespace Tsdb.Storage.Memtables;

/// <summary>One row of a memtable while its series is put in order.</summary>
/// <param name="TimestampNs">The row's time.</param>
/// <param name="Ordinal">Arrival order within the memtable.</param>
/// <param name="Word">Where the row's words begin.</param>
/// <param name="Shape">Index of its shape.</param>
internal readonly record struct RowReference(long TimestampNs, uint Ordinal, int Word, int Shape)
    : IComparable<RowReference>
{
    /// <summary>By time, then by arrival.</summary>
    public int CompareTo(RowReference other)
    {
        int order = TimestampNs.CompareTo(other.TimestampNs);
        return order != 0 ? order : Ordinal.CompareTo(other.Ordinal);
    }

    public static bool operator <(RowReference left, RowReference right) => left.CompareTo(right) < 0;

    public static bool operator >(RowReference left, RowReference right) => left.CompareTo(right) > 0;

    public static bool operator <=(RowReference left, RowReference right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RowReference left, RowReference right) => left.CompareTo(right) >= 0;
}
