using Tsdb.Core;

namespace Tsdb.Storage.Deletes;

/// <summary>A delete that segments may still have to carry out: the rows of some series in a span of time,
/// committed up to it.</summary>
/// <param name="Lsn">The delete's place in the log: rows at or below it are gone, later ones stay.</param>
/// <param name="TableId">The table.</param>
/// <param name="Range">Rows outside stay.</param>
/// <param name="CreatedNs">Wall clock at the delete, ns since 1970: its deadline counts from there.</param>
/// <param name="Series">Ids of the series, ascending; null for all of the table.</param>
internal sealed record Tombstone(ulong Lsn, int TableId, TimeRange Range, long CreatedNs, uint[]? Series)
{
    /// <summary>Whether rows of the series are meant.</summary>
    public bool Covers(SeriesId series, int tableId) => Series is null
        ? tableId == TableId
        : Array.BinarySearch(Series, series.Value) >= 0;

    /// <summary>Whether a source of rows may hold some that are gone.</summary>
    /// <param name="lastLsn">The source's last commit.</param>
    /// <param name="appliedLsn">Deletes up to it were carried out when the source was written.</param>
    public bool Masks(ulong lastLsn, ulong appliedLsn) => lastLsn <= Lsn && appliedLsn < Lsn;
}
