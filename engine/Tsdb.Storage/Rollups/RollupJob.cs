using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Rollups;

/// <summary>A rollup segment to be written.</summary>
/// <param name="Table">Its table, as it is now.</param>
/// <param name="Rollup">Its tier.</param>
/// <param name="Shard">Its shard.</param>
/// <param name="Range">Whole buckets, from the start of a window on.</param>
/// <param name="Sources">Segments of the shard that may have rows of it.</param>
internal sealed record RollupJob(
    TableSchema Table,
    RollupDefinition Rollup,
    int Shard,
    TimeRange Range,
    IReadOnlyList<SegmentReader> Sources);
