using System.Diagnostics;
using Tsdb.Core;
using Tsdb.Storage.Deletes;
using Tsdb.Storage.Expiry;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Compaction;

/// <summary>Chooses segments that have to be written anew because rows in them must go, and forgets deletes
/// that are done with.</summary>
/// <remarks>The compaction thread's.</remarks>
internal sealed class ErasurePlanner(
    TimeProvider clock,
    SegmentPublisher publisher,
    ExpiredRows expired,
    CompactionCounters counters)
{
    private readonly TombstoneNeeds _needs = new();

    /// <summary>One segment of the shard to be written anew; null when none is due.</summary>
    /// <param name="version">What there is.</param>
    /// <param name="shard">Where.</param>
    /// <param name="isFull">Whether the deadline does not matter.</param>
    public CompactionJob? Choose(StorageVersion version, int shard, bool isFull)
    {
        long nowNs = Timestamp.Now(clock).UnixNs;
        foreach (Tombstone tombstone in version.Tombstones.Items)
        {
            if (!isFull && expired.DeadlineOf(tombstone.CreatedNs).UnixNs > nowNs)
            {
                continue;
            }

            foreach (SegmentReader segment in version.SegmentsByShard[shard])
            {
                if (_needs.IsNeeded(tombstone, segment))
                {
                    return JobOf(segment);
                }
            }
        }

        foreach (SegmentReader segment in version.SegmentsByShard[shard])
        {
            if (expired.IsDue(segment, isFull))
            {
                return JobOf(segment);
            }
        }

        return null;
    }

    /// <summary>Drops segments of which all rows have expired.</summary>
    public void DropExpired(VersionSet versions) => expired.Drop(versions);

    /// <summary>The job, leaving out what the version hides and what has expired.</summary>
    public CompactionJob Extend(CompactionJob job, StorageVersion version)
    {
        bool hasExpired = expired.HasAny(job.Inputs);
        return version.Tombstones.IsEmpty && !hasExpired
            ? job
            : job with
            {
                Outdates = hasExpired ? expired.IsOver : null,
                AppliedLsn = version.Tombstones.LastLsn,
                Removed = (input, series, target) => FindRemoved(version, input, series, target),
            };
    }

    /// <summary>Forgets the deletes that are carried out everywhere.</summary>
    public void ForgetDone(VersionSet versions)
    {
        StorageVersion version = versions.Acquire();
        try
        {
            publisher.Forget(FindDone(version));
            Measure(version);
        }
        catch (ManifestFailedException exception)
        {
            // Nothing is lost by remembering: the next flush meets the manifest, and reports it.
            Trace.TraceWarning($"deletes that are done with are remembered: {exception.Message}");
        }
        finally
        {
            version.Release();
        }
    }

    /// <summary>Deletes of which no source of rows holds anything.</summary>
    private List<ulong> FindDone(StorageVersion version)
    {
        List<ulong> done = [];
        foreach (Tombstone tombstone in version.Tombstones.Items)
        {
            // The log holds rows of it until all frames before its own are flushed, whether or not they are
            // in a memtable: a replay leaves out what is deleted, and the next one must as well.
            bool isFlushed = tombstone.Lsn <= publisher.FlushedLsn + 1;
            bool isNeeded = !isFlushed
                || version.Damaged.Any(segment => tombstone.Range.Overlaps(
                    segment.FirstTimestampNs, segment.LastTimestampNs))
                || version.SegmentsByShard.Any(segments => segments.Any(
                    segment => _needs.IsNeeded(tombstone, segment)));
            if (!isNeeded)
            {
                done.Add(tombstone.Lsn);
                _needs.Forget(tombstone.Lsn);
            }
        }

        return done;
    }

    private void Measure(StorageVersion version)
    {
        long deletedSizeBytes = 0;
        long expiredSizeBytes = 0;
        foreach (SegmentReader segment in version.SegmentsByShard.SelectMany(static segments => segments))
        {
            deletedSizeBytes += HoldsDeleted(version, segment) ? segment.Info.SizeBytes : 0;
            expiredSizeBytes += expired.IsDue(segment, isFull: true) ? segment.Info.SizeBytes : 0;
        }

        counters.SetErasures(deletedSizeBytes, expiredSizeBytes);
    }

    private bool HoldsDeleted(StorageVersion version, SegmentReader segment)
    {
        foreach (Tombstone tombstone in version.Tombstones.Items)
        {
            if (_needs.IsNeeded(tombstone, segment))
            {
                return true;
            }
        }

        return false;
    }

    private void FindRemoved(
        StorageVersion version, SegmentReader input, SeriesId series, List<TimeRange> target)
    {
        bool isThere = input.TryFindSeries(series, out SeriesEntry entry);
        Invariant.Holds(isThere);
        HiddenTimes.Find(
            version.Tombstones,
            series,
            entry.TableId,
            (ulong)input.Identity.MaxLsn,
            input.AppliedLsn,
            target);
        expired.FindRemoved(entry.TableId, target);
    }

    private static CompactionJob JobOf(SegmentReader segment) => new(
        CompactionReason.Erasure, [segment], segment.Identity.Role, [segment.Identity.Window]);
}
