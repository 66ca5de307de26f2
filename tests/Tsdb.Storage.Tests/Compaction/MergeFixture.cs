using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage.Compaction;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Working;

namespace Tsdb.Storage.Tests.Compaction;

/// <summary>Merges segments outside an engine.</summary>
internal static class MergeFixture
{
    /// <summary>Merges into one on-time segment.</summary>
    public static List<WrittenSegment> Merge(
        SimulatedStorageDevice device, IReadOnlyList<SegmentReader> inputs, CancellationToken cancellation) =>
        Merge(device, inputs, null, [TimeRange.All], cancellation);

    /// <summary>Merges into on-time segments, one a window.</summary>
    public static List<WrittenSegment> Merge(
        SimulatedStorageDevice device,
        IReadOnlyList<SegmentReader> inputs,
        RemovedRanges? removed,
        IReadOnlyList<TimeRange> windows,
        CancellationToken cancellation)
    {
        CompactionJob job = new(
            CompactionReason.Requested,
            inputs,
            SegmentRole.OnTime,
            windows)
        {
            Removed = removed,
        };
        MergeProgress progress = new(
            new CompactionThrottle(0, TimeProvider.System), ThreadWorkHost.Instance);
        progress.Start(job, cancellation);
        device.CreateDirectory(SegmentNames.Directory);
        return new SegmentCompaction().Merge(device, job, new SegmentNames(1), progress);
    }
}
