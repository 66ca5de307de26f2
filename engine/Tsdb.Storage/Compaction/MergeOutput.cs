using Tsdb.Core;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Compaction;

/// <summary>One window of a merge: its file is begun with its first row.</summary>
internal sealed class MergeOutput(
    IStorageDevice device,
    CompactionJob job,
    TimeRange window,
    SegmentNames names,
    MemoryAccount? scratch) : IDisposable
{
    private SegmentWriter? _writer;

    public TimeRange Window { get; } = window;

    /// <summary>The file; null before the first row.</summary>
    public string? Path { get; private set; }

    /// <summary>Writes what the window has of one series.</summary>
    public void Add(SeriesId series, int tableId, SeriesAssembly rows)
    {
        Invariant.Holds(Window.Covers(rows.FirstTimestampNs, rows.LastTimestampNs));
        _writer ??= Begin();
        _writer.Add(series, tableId, rows);
    }

    /// <summary>Makes the file durable; null when it has no row.</summary>
    public WrittenSegment? Complete() =>
        _writer is null ? null : WrittenSegment.Complete(_writer, Path!, job.AppliedLsn);

    public void Dispose() => _writer?.Dispose();

    private SegmentWriter Begin()
    {
        long number = names.Next();
        SegmentIdentity identity = new(
            Guid.NewGuid(),
            number,
            job.Shard,
            job.Inputs[0].Identity.ShardCount,
            Window,
            job.Role,
            job.Inputs.Min(static segment => segment.Identity.MinLsn),
            job.Inputs.Max(static segment => segment.Identity.MaxLsn));
        Path = SegmentNames.PathOf(number);
        return new SegmentWriter(device, Path, identity, new MemoryHold(scratch));
    }
}
