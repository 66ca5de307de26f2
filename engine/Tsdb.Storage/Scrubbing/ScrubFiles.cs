using System.Diagnostics;
using Tsdb.Core;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Scrubbing;

/// <summary>The segments that there are to verify, and what is known of their damage.</summary>
/// <param name="versions">The files.</param>
/// <param name="publisher">Takes those away that are made anew.</param>
/// <param name="wakeRollups">Has rollups be built.</param>
/// <param name="clock">Says when damage was found.</param>
internal sealed class ScrubFiles(
    VersionSet versions, SegmentPublisher publisher, Action wakeRollups, TimeProvider clock)
{
    private long _rebuiltCount;

    /// <summary>What is damaged.</summary>
    public DamageList Damages { get; } = new(publisher.Current.Damages);

    /// <summary>How far a pass had come when that was last kept, and when the one before ended; zeros for
    /// neither.</summary>
    public (long SegmentNumber, long LastPassEndedNs) ReadMark() =>
        publisher.Current.Scrub is { } mark ? (mark.SegmentNumber, mark.LastPassEndedNs) : (0, 0);

    /// <summary>Files that were taken away to be built anew.</summary>
    public long RebuiltCount => Volatile.Read(ref _rebuiltCount);

    /// <summary>The segment of the lowest number above one; null when there is none.</summary>
    public ScrubTarget? FindNext(long number)
    {
        StorageVersion version = versions.Acquire();
        try
        {
            (SegmentReader? Segment, bool IsRollup) next = default;
            foreach ((SegmentReader segment, bool isRollup) in All(version))
            {
                long found = segment.Identity.SegmentNumber;
                if (found > number
                    && (next.Segment is null || found < next.Segment.Identity.SegmentNumber))
                {
                    next = (segment, isRollup);
                }
            }

            if (next.Segment is null)
            {
                return null;
            }

            Invariant.Holds(next.Segment.TryAcquire());
            return new ScrubTarget(next.Segment, next.IsRollup, isRecheck: false, series: null);
        }
        finally
        {
            version.Release();
        }
    }

    /// <summary>A segment that damage is known of, to look at that alone; null when it is gone.</summary>
    public ScrubTarget? FindDamaged(long number)
    {
        StorageVersion version = versions.Acquire();
        try
        {
            foreach ((SegmentReader segment, bool isRollup) in All(version))
            {
                if (segment.Identity.SegmentNumber == number)
                {
                    Invariant.Holds(segment.TryAcquire());
                    return new ScrubTarget(segment, isRollup, isRecheck: true, Damages.FindSeries(number));
                }
            }

            return null;
        }
        finally
        {
            version.Release();
        }
    }

    /// <summary>Forgets damage of files that nobody needs any more; gives the numbers of the others. The
    /// scrubber's thread, which alone finds damage.</summary>
    public IReadOnlyList<long> FindDamagedNumbers()
    {
        IReadOnlyList<SegmentDamage> known = Damages.Items;
        HashSet<long> live = FindLive();
        Damages.Remove(part => !live.Contains(part.SegmentNumber));
        return
        [
            .. known.Select(static part => part.SegmentNumber).Distinct().Where(live.Contains),
        ];
    }

    /// <summary>Damage of files that are still needed.</summary>
    /// <remarks>What is known is read before the files are: damage that is found between the two may be of a
    /// file that has come between them, and must not be taken for one that is gone.</remarks>
    public IReadOnlyList<SegmentDamage> FindDamages()
    {
        IReadOnlyList<SegmentDamage> known = Damages.Items;
        if (known.Count == 0)
        {
            return known;
        }

        HashSet<long> live = FindLive();
        return [.. known.Where(part => live.Contains(part.SegmentNumber))];
    }

    /// <summary>A file as a whole cannot be read.</summary>
    public SegmentDamage Describe(ScrubTarget target, IOException failure) => new(
        target.SegmentNumber,
        failure is SegmentCorruptException damage ? damage.OffsetBytes : 0,
        TableId: null,
        Series: null,
        target.Entry.MinTimestampNs,
        target.Entry.MaxTimestampNs,
        target.RowCount,
        Timestamp.Now(clock),
        failure.Message);

    /// <summary>Damage was found: it is known at the next start too. False when it was known
    /// before.</summary>
    public bool Add(SegmentDamage found)
    {
        bool isNew = Damages.Add(found);
        if (isNew)
        {
            Keep(new ManifestEdit().AddDamage(found));
        }

        return isNew;
    }

    /// <summary>A look at a segment came to its end: what was damaged and is no longer was the way to the
    /// device, or somebody put it right.</summary>
    public void Settle(long segmentNumber, IReadOnlyList<SegmentDamage> found)
    {
        (IReadOnlyList<SegmentDamage> over, IReadOnlyList<SegmentDamage> changed) =
            Damages.Settle(segmentNumber, found);
        if (over.Count + changed.Count == 0)
        {
            return;
        }

        ManifestEdit edit = new();
        foreach (SegmentDamage part in over)
        {
            edit.EndDamage(part);
        }

        foreach (SegmentDamage part in changed)
        {
            edit.AddDamage(part);
        }

        Keep(edit);
    }

    /// <summary>A start goes on from here.</summary>
    public void SetMark(long segmentNumber, long lastPassEndedNs) =>
        Keep(new ManifestEdit().SetScrubMark(new ScrubMark(segmentNumber, lastPassEndedNs)));

    /// <summary>What cannot be kept is found again after a start.</summary>
    private void Keep(ManifestEdit edit)
    {
        try
        {
            publisher.Keep(edit);
        }
        catch (ManifestFailedException failure)
        {
            Trace.TraceWarning($"what verifying has found is not kept: {failure.Message}");
        }
    }

    /// <summary>Takes a rollup away: what it says is made anew from the rows. While the manifest cannot be
    /// written it stays until the next pass.</summary>
    public void Rebuild(ScrubTarget target, string reason)
    {
        Invariant.Holds(target.IsRollup);
        try
        {
            publisher.DropRollups(file => file.Segment.Identity.SegmentNumber == target.SegmentNumber);
            Interlocked.Increment(ref _rebuiltCount);
            Trace.TraceWarning($"a rollup is built anew: {reason}");
            wakeRollups();
        }
        catch (ManifestFailedException failure)
        {
            Trace.TraceWarning($"a damaged rollup stays until the next pass: {failure.Message}");
        }
    }

    private HashSet<long> FindLive()
    {
        StorageVersion version = versions.Acquire();
        try
        {
            return [.. All(version).Select(static file => file.Segment.Identity.SegmentNumber)];
        }
        finally
        {
            version.Release();
        }
    }

    private static IEnumerable<(SegmentReader Segment, bool IsRollup)> All(StorageVersion version) =>
        version.SegmentsByShard.SelectMany(static list => list).Select(static segment => (segment, false))
            .Concat(version.Rollups.Select(static file => (file.Segment, true)));
}
