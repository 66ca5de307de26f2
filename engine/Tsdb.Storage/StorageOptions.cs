using Tsdb.Core;

namespace Tsdb.Storage;

/// <summary>Limits and sizes of one database's storage. Validated when the engine opens.</summary>
public sealed record StorageOptions
{
    private const int MemtableShare = 8;
    private const int DiskReserveDivisor = 20;
    private const long DiskReserveSizeBytesMax = 2L << 30;
    private const int PreparedShare = 4;
    private const long PreparedSizeBytesMax = 128L << 20;

    // One being filled, one waiting, one being flushed, and room for what a commit adds.
    private const int OpenMemtableCount = 4;

    /// <summary>Virtual shards; fixed when the database is created. 1 … 256.</summary>
    public int ShardCount { get; init; } = 16;

    /// <summary>
    /// Memtable size at which it is flushed to segments; an eighth of what the process may use, where that is
    /// less: the one being filled and the one being flushed take a quarter together.
    /// </summary>
    public long MemtableSizeBytesMax { get; init; } = 512L << 20;

    /// <summary>
    /// Cells of the memtable, each row's series and timestamp among them, at which it is flushed: what is not
    /// flushed has to be replayed after a crash, at so much a cell.
    /// </summary>
    public long MemtableCellCountMax { get; init; } = 64L << 20;

    /// <summary>Live WAL size at which the memtable is flushed.</summary>
    public long WalSizeBytesMax { get; init; } = 4L << 30;

    /// <summary>Size of one WAL file.</summary>
    public int WalFileSizeBytes { get; init; } = 64 << 20;

    /// <summary>
    /// Most bytes of log files that are kept, after their rows are in segments, until a
    /// <see cref="Archives.LogArchiver"/> has sent them; beyond it the oldest go, and the archive has a hole.
    /// Null where there is no archive.
    /// </summary>
    public long? UnarchivedLogSizeBytesMax { get; init; }

    /// <summary>Batches that may wait for the commit thread before writers wait too.</summary>
    public int CommitQueueCountMax { get; init; } = 64;

    /// <summary>Bytes of batches that may wait for the commit thread before writers wait too; half of what
    /// all requests may hold, where that is less.</summary>
    public long CommitQueueSizeBytesMax { get; init; } = 256L << 20;

    /// <summary>Late segments of one shard and window above which they are merged.</summary>
    public int LateSegmentCountMax { get; init; } = 4;

    /// <summary>Segments of one shard and window above which they are merged.</summary>
    public int SegmentCountMax { get; init; } = 8;

    /// <summary>Bytes a second that merges may read and write together, unless reads wait for them; 0 for
    /// no limit.</summary>
    public long CompactionSizeBytesPerSecondMax { get; init; } = 256L << 20;

    /// <summary>Deletes that may wait to be carried out in segments; at it further ones are
    /// refused.</summary>
    public int PendingDeleteCountMax { get; init; } = 10_000;

    /// <summary>How long after a delete, or after their time to live, rows may stay in files; zero: as soon
    /// as possible.</summary>
    public TimeSpan ErasureDeadline { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How far senders' clocks and the server's may differ: rows from further ahead do not count as
    /// a sign of the time, by which rows expire.</summary>
    public TimeSpan ClockTolerance { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Tables of the database.</summary>
    public int TableCountMax { get; init; } = 10_000;

    /// <summary>Field columns of one table.</summary>
    public int ColumnCountMax { get; init; } = 4096;

    /// <summary>Tag keys of one table.</summary>
    public int TagKeyCountMax { get; init; } = 64;

    /// <summary>Rollup tiers of one table.</summary>
    public int RollupCountMax { get; init; } = 8;

    /// <summary>Least time between two looks for rollup buckets that have to be built.</summary>
    public TimeSpan RollupInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes a second at which all segments are read and verified in the background; 0 for not at
    /// all. A quarter of it while rows or queries come in numbers.</summary>
    public long ScrubSizeBytesPerSecondMax { get; init; } = 8L << 20;

    /// <summary>Time from the end of one such pass over all segments to the beginning of the next.</summary>
    public TimeSpan ScrubPeriod { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Series of the database.</summary>
    public int SeriesCountMax { get; init; } = 10_000_000;

    /// <summary>Series of one table.</summary>
    public int TableSeriesCountMax { get; init; } = 10_000_000;

    /// <summary>Distinct values of one tag key of one table.</summary>
    public int TagValueCountMax { get; init; } = 10_000_000;

    /// <summary>Length of a table, tag or column name in UTF-8 bytes.</summary>
    public int NameSizeBytesMax { get; init; } = 255;

    /// <summary>Length of a tag value in UTF-8 bytes.</summary>
    public int TagValueSizeBytesMax { get; init; } = 1024;

    /// <summary>Length of a string value in UTF-8 bytes.</summary>
    public int StringSizeBytesMax { get; init; } = 64 << 10;

    /// <summary>
    /// Opening returns before the rows of the log are back: queries that they cannot change are answered at
    /// once, everything else waits or is refused with the progress. Else opening waits.
    /// </summary>
    public bool ReplaysInBackground { get; init; }

    /// <summary>How long writes and queries wait for the replay of the log before they are
    /// refused.</summary>
    public TimeSpan ReplayWaitMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two tries of what the device failed: a new log file, a flush (there it doubles up to
    /// 32 times this).</summary>
    public TimeSpan FaultRetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Free bytes of the device under which rows are refused, retriably; null for a twentieth of the device,
    /// at most 2 GiB.
    /// </summary>
    public long? DiskReserveSizeBytes { get; init; }

    /// <summary>Size of a file that is given up when the device is full all the same, so that flushes and
    /// deletes can end; 0 for none.</summary>
    public long BallastSizeBytes { get; init; }

    /// <summary>
    /// Opens a database although durable frames of its log are gone: an operator's decision to lose them.
    /// What was
    /// lost is reported, the damaged file set aside.
    /// </summary>
    public bool SkipsDamagedLog { get; init; }

    /// <summary>
    /// The accounts that pay for all of the database's memory; null where nobody keeps accounts. When memory
    /// is short, memtables are flushed early and indexes dropped, then writes are refused for a while. The
    /// caller disposes it after the engine.
    /// </summary>
    public DatabaseMemory? Memory { get; init; }

    /// <summary>The size at which a memtable is flushed on this machine.</summary>
    internal long GetMemtableSizeBytes() => Math.Min(
        MemtableSizeBytesMax,
        Memory is null
            ? MemoryAccount.DetectProcessLimitBytes() / MemtableShare
            : Memory.MemtablesLimitBytes / OpenMemtableCount);

    /// <summary>Memory for rows that is asked for before they come, where the host asks at all.</summary>
    internal long GetPreparedSizeBytes() =>
        Math.Min(PreparedSizeBytesMax, GetMemtableSizeBytes() / PreparedShare);

    /// <summary>Bytes of batches that may be in flight.</summary>
    internal long GetBatchesSizeBytesMax() => Math.Min(
        CommitQueueSizeBytesMax, Memory is null ? long.MaxValue : Memory.IngestLimitBytes / 2);

    /// <summary>The free bytes under which rows are refused on this device.</summary>
    internal long GetDiskReserveSizeBytes(long deviceSizeBytes) => DiskReserveSizeBytes
        ?? (deviceSizeBytes == long.MaxValue
            ? 0
            : Math.Min(DiskReserveSizeBytesMax, deviceSizeBytes / DiskReserveDivisor));

    /// <summary>Refuses what cannot work.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is beyond what it may be.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(DiskReserveSizeBytes ?? 0, nameof(DiskReserveSizeBytes));
        ArgumentOutOfRangeException.ThrowIfNegative(BallastSizeBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(ShardCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ShardCount, 256);
        ArgumentOutOfRangeException.ThrowIfLessThan(MemtableSizeBytesMax, 1L << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(MemtableCellCountMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(WalFileSizeBytes, 64 << 10);
        ArgumentOutOfRangeException.ThrowIfNotEqual(WalFileSizeBytes % 4096, 0, nameof(WalFileSizeBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(WalSizeBytesMax, WalFileSizeBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(UnarchivedLogSizeBytesMax ?? 0, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(CommitQueueCountMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CommitQueueSizeBytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LateSegmentCountMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentCountMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CompactionSizeBytesPerSecondMax, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(SeriesCountMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(TableSeriesCountMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(TagValueCountMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(TagValueSizeBytesMax, 64 << 10);
        ArgumentOutOfRangeException.ThrowIfLessThan(PendingDeleteCountMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ErasureDeadline, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ErasureDeadline, TimeSpan.FromDays(36_500));
        ArgumentOutOfRangeException.ThrowIfLessThan(ClockTolerance, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ClockTolerance, TimeSpan.FromDays(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(TagKeyCountMax, 256);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(StringSizeBytesMax, 1 << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReplayWaitMax, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(FaultRetryInterval, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfNegative(RollupCountMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(RollupInterval, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RollupInterval, TimeSpan.FromDays(1));
        ArgumentOutOfRangeException.ThrowIfNegative(ScrubSizeBytesPerSecondMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(ScrubPeriod, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ScrubPeriod, TimeSpan.FromDays(3650));
        Invariant.Holds(ColumnCountMax < 1 << 23);
    }
}
