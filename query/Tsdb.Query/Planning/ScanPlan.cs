using Tsdb.Storage;

namespace Tsdb.Query.Planning;

/// <summary>What is read of a table: which columns of which rows, and what can be skipped.</summary>
internal sealed class ScanPlan
{
    public required TableSchema Table { get; init; }

    /// <summary>The columns read; a slot's place is its number.</summary>
    public required IReadOnlyList<InputSlot> Slots { get; init; }

    public required RowFilter Filter { get; init; }

    /// <summary>Later chunks first.</summary>
    public bool IsDescending { get; init; }

    /// <summary>Rows after the filter that are wanted of each series, in scan order; or all.</summary>
    public long RowsPerSeriesMax { get; init; } = long.MaxValue;
}
