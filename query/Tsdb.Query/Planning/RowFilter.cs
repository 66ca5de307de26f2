using Tsdb.Core;

namespace Tsdb.Query.Planning;

/// <summary>A WHERE condition, split by what can decide it.</summary>
internal sealed class RowFilter
{
    /// <summary>Rows outside are not read.</summary>
    public TimeRange Range { get; set; } = TimeRange.All;

    /// <summary>Whether the statement bounds the time from below.</summary>
    public bool HasFrom { get; set; }

    /// <summary>Whether the statement bounds the time from above.</summary>
    public bool HasTo { get; set; }

    /// <summary>Conditions on tags alone: they choose series.</summary>
    public List<BoundExpression> TagPredicates { get; } = [];

    /// <summary>What has to be looked at row by row.</summary>
    public List<BoundExpression> Residual { get; } = [];

    /// <summary>Comparisons among the residual that a block's statistics can refute.</summary>
    public List<BlockBound> BlockBounds { get; } = [];
}
