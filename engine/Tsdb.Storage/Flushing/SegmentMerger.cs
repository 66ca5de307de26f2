using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Tsdb.Core;
using Tsdb.Storage.Compaction;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Flushing;

/// <summary>Merges segments into one file, and remembers the shards where that failed.</summary>
/// <remarks>The flush thread's; <see cref="Failures"/> may be read by any.</remarks>
internal sealed class SegmentMerger(IStorageDevice device)
{
    private readonly SegmentCompaction _compaction = new();
    private readonly ConcurrentDictionary<int, string> _failures = new();

    /// <summary>
    /// Why segments of a shard are not merged any more, for those shards of which that is so.
    /// </summary>
    public IReadOnlyDictionary<int, string> Failures => _failures;

    /// <summary>Writes the merged file, durable but not yet named by the manifest.</summary>
    /// <param name="path">The new file.</param>
    /// <param name="number">Its segment number.</param>
    /// <param name="inputs">Older to newer, of one shard.</param>
    /// <param name="info">What it came to.</param>
    /// <returns>
    /// False when it failed: nothing is lost by not merging, reads and writes go on as before.
    /// </returns>
    public bool TryMerge(
        string path,
        long number,
        IReadOnlyList<SegmentReader> inputs,
        [NotNullWhen(true)] out SegmentInfo? info)
    {
        try
        {
            info = _compaction.Merge(
                device, path, IdentityOf(number, inputs), [.. inputs], CancellationToken.None);
            return true;
        }
        catch (Exception exception) when (exception is SegmentCorruptException
            or StorageDeviceException or OverflowException or OutOfMemoryException)
        {
            _failures[inputs[0].Identity.Shard] = exception.Message;
            info = null;
            return false;
        }
    }

    /// <summary>A merged segment covers its inputs' windows and commits.</summary>
    private static SegmentIdentity IdentityOf(long number, IReadOnlyList<SegmentReader> inputs) => new(
        Guid.NewGuid(),
        number,
        inputs[0].Identity.Shard,
        inputs[0].Identity.ShardCount,
        new TimeRange(
            inputs.Min(static segment => segment.Identity.Window.FromNs),
            inputs.Max(static segment => segment.Identity.Window.ToNs)),
        SegmentRole.OnTime,
        inputs.Min(static segment => segment.Identity.MinLsn),
        inputs.Max(static segment => segment.Identity.MaxLsn));
}
