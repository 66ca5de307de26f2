using Tsdb.Core;
using Tsdb.Storage.Flushing;
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
    public DamageList Damages { get; } = new();

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

    /// <summary>Forgets damage of files that nobody needs any more; gives the numbers of the
    /// others.</summary>
    public IReadOnlyList<long> FindDamagedNumbers()
    {
        HashSet<long> live = [];
        StorageVersion version = versions.Acquire();
        foreach ((SegmentReader segment, _) in All(version))
        {
            live.Add(segment.Identity.SegmentNumber);
        }

        version.Release();
        Damages.Remove(part => !live.Contains(part.SegmentNumber));
        return [.. Damages.Items.Select(static part => part.SegmentNumber).Distinct()];
    }

    /// <summary>Damage of files that are still needed.</summary>
    public IReadOnlyList<SegmentDamage> FindDamages()
    {
        if (!Damages.IsEmpty)
        {
            FindDamagedNumbers();
        }

        return Damages.Items;
    }

    /// <summary>A file as a whole cannot be read.</summary>
    public SegmentDamage Describe(ScrubTarget target, IOException failure) => new(
        target.SegmentNumber,
        target.Path,
        failure is SegmentCorruptException damage ? damage.OffsetBytes : 0,
        TableId: null,
        Series: null,
        target.Entry.MinTimestampNs,
        target.Entry.MaxTimestampNs,
        target.RowCount,
        Timestamp.Now(clock),
        failure.Message);

    /// <summary>Takes a rollup away: what it says is made anew from the rows.</summary>
    /// <exception cref="Manifests.ManifestFailedException">It stays until the next pass.</exception>
    public void Rebuild(ScrubTarget target)
    {
        Invariant.Holds(target.IsRollup);
        publisher.DropRollups(file => file.Segment.Identity.SegmentNumber == target.SegmentNumber);
        Interlocked.Increment(ref _rebuiltCount);
        wakeRollups();
    }

    private static IEnumerable<(SegmentReader Segment, bool IsRollup)> All(StorageVersion version) =>
        version.SegmentsByShard.SelectMany(static list => list).Select(static segment => (segment, false))
            .Concat(version.Rollups.Select(static file => (file.Segment, true)));
}
