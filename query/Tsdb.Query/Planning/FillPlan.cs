using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>How the missing buckets of each series of groups are filled.</summary>
internal sealed class FillPlan
{
    /// <summary>Where SAMPLE BY stands in the statement, for errors while running.</summary>
    public required CallSite Site { get; init; }

    public required TimeBucket Bucket { get; init; }

    /// <summary>First instant that buckets are wanted for; null: from each series' first bucket.</summary>
    public required long? FromNs { get; init; }

    /// <summary>Last instant that buckets are wanted for; null: to each series' last bucket.</summary>
    public required long? LastNs { get; init; }

    /// <summary>The output column that holds the bucket's start.</summary>
    public required int TimeColumn { get; init; }

    /// <summary>The output columns that tell the series apart.</summary>
    public required IReadOnlyList<int> KeyColumns { get; init; }

    /// <summary>How each output column is filled; not meant for time and keys.</summary>
    public required IReadOnlyList<FillMode> Modes { get; init; }

    /// <summary>The constant of each output column that is filled with one.</summary>
    public required IReadOnlyList<BoundConstant?> Constants { get; init; }
}
