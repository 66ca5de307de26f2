using Tsdb.Core;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Compaction;

/// <summary>Segments of one shard to be merged, and what becomes of them.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Inputs">Older to newer.</param>
/// <param name="Role">What the outputs are.</param>
/// <param name="Windows">Of the outputs: ascending, disjoint; they hold every row of the inputs. A window
/// without rows gets no output.</param>
internal sealed record CompactionJob(
    CompactionReason Reason,
    IReadOnlyList<SegmentReader> Inputs,
    SegmentRole Role,
    IReadOnlyList<TimeRange> Windows)
{
    /// <summary>Which rows are left out; null when all stay.</summary>
    public RemovedRanges? Removed { get; init; }

    /// <summary>Which rollups count rows that are left out though no position in the log says so, as those
    /// are that have expired; null when none are.</summary>
    public Predicate<RollupFile>? Outdates { get; init; }

    /// <summary>Deletes up to this LSN are among those left out.</summary>
    public ulong AppliedLsn { get; init; }

    public int Shard => Inputs[0].Identity.Shard;

    /// <summary>Bytes to be read; hardly more are written.</summary>
    public long SizeBytes => Inputs.Sum(static segment => segment.Info.SizeBytes);
}
