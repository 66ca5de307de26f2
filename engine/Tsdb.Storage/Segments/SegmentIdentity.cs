using Tsdb.Core;

namespace Tsdb.Storage.Segments;

/// <summary>What a segment is, said by whoever has it written.</summary>
/// <param name="Uuid">Unique; tells a misdirected or exchanged file.</param>
/// <param name="SegmentNumber">Number within the database; never used twice.</param>
/// <param name="Shard">The shard all its series are of.</param>
/// <param name="ShardCount">Shards of the database.</param>
/// <param name="Window">The window of event time that all its rows are in.</param>
/// <param name="Role">On time, late or history.</param>
/// <param name="MinLsn">Lowest commit position of its rows.</param>
/// <param name="MaxLsn">Highest commit position of its rows; of two segments the higher one is newer.</param>
internal sealed record SegmentIdentity(
    Guid Uuid,
    long SegmentNumber,
    int Shard,
    int ShardCount,
    TimeRange Window,
    SegmentRole Role,
    long MinLsn,
    long MaxLsn);
