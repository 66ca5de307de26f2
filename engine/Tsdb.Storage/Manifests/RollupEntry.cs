using System.Collections.Immutable;
using Tsdb.Core;

namespace Tsdb.Storage.Manifests;

/// <summary>
/// What a segment of the role Rollup holds: the buckets of one tier, in one shard and span of time, of all
/// rows whose log position is not above one. What came later is not in it; a bucket that is not there has no
/// rows.
/// </summary>
internal sealed record RollupEntry
{
    public required long SegmentNumber { get; init; }

    public required int TableId { get; init; }

    public required int RollupId { get; init; }

    /// <summary>Whole buckets.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>The log position up to which all rows of the range are counted.</summary>
    public required ulong Lsn { get; init; }

    /// <summary>Types of the table's fields when it was built, by column id - 1: a field whose type has
    /// changed since has to be built anew.</summary>
    public required ImmutableArray<ColumnType> ColumnTypes { get; init; }

    /// <summary>Whether it is of the same tier and window; the shard is told by the segments.</summary>
    public bool HasPlaceOf(RollupEntry other) =>
        TableId == other.TableId && RollupId == other.RollupId && Range.FromNs == other.Range.FromNs;
}
