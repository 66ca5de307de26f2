using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Scrubbing;

/// <summary>A segment that is to be verified, kept from being deleted until it is disposed.</summary>
/// <param name="live">The caller's reference, taken over.</param>
/// <param name="isRollup">Whether what it says can be made anew from others.</param>
/// <param name="isRecheck">Whether it is out of order, for damage that is known.</param>
/// <param name="series">The series to verify; null for all.</param>
internal sealed class ScrubTarget(
    SegmentReader live, bool isRollup, bool isRecheck, IReadOnlySet<uint>? series) : IDisposable
{
    public long SegmentNumber => live.Identity.SegmentNumber;

    public string Path => live.Path;

    public bool IsRollup => isRollup;

    public bool IsRecheck => isRecheck;

    /// <summary>Whether nobody needs it any more.</summary>
    public bool IsObsolete => live.IsObsolete;

    public IReadOnlySet<uint>? Series => series;

    /// <summary>What the manifest says of it.</summary>
    public SegmentEntry Entry { get; } = SegmentEntries.Of(live);

    public long RowCount => live.Info.RowCount;

    public void Dispose() => live.Release();
}
