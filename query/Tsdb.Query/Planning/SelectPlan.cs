using Tsdb.Core;

namespace Tsdb.Query.Planning;

/// <summary>A bound SELECT: what its operators do, from the scan to the limit. Steps that are null are left
/// out.</summary>
internal sealed class SelectPlan
{
    /// <summary>Null without FROM: one row without columns.</summary>
    public required ScanPlan? Scan { get; init; }

    /// <summary>LATEST ON: the tag keys that partition; null without.</summary>
    public required IReadOnlyList<int>? LatestBy { get; init; }

    public required GroupPlan? Group { get; init; }

    /// <summary>Visible columns, then hidden ones.</summary>
    public required IReadOnlyList<OutputColumn> Output { get; init; }

    public required int VisibleCount { get; init; }

    public required FillPlan? Fill { get; init; }

    public required bool IsDistinct { get; init; }

    public required IReadOnlyList<SortKey> Order { get; init; }

    public required long Limit { get; init; }

    public required long Offset { get; init; }

    /// <summary>Rows that the limit lets be looked at, offset included.</summary>
    public long RowsNeeded => Limit > long.MaxValue - Offset ? long.MaxValue : Limit + Offset;

    public IReadOnlyList<ResultColumn> Schema
    {
        get
        {
            ResultColumn[] schema = new ResultColumn[VisibleCount];
            for (int i = 0; i < VisibleCount; i++)
            {
                schema[i] = Output[i].ToResultColumn();
            }

            return schema;
        }
    }
}
