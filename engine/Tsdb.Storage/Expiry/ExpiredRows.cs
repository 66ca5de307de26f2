using System.Diagnostics;
using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Deletes;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Expiry;

/// <summary>
/// Rows in segments that have outlived their tables' time to live, or their tables: segments of nothing else
/// are dropped, others say when it is worth writing them anew. Segments of nothing but deleted rows are
/// dropped as well: that needs no deadline, since nothing is written for it.
/// </summary>
/// <remarks>The compaction thread's; counters may be read by any.</remarks>
internal sealed class ExpiredRows(CatalogStore catalog, StorageOptions options, SegmentPublisher publisher)
{
    // Else a segment would be written anew for every row that gets too old.
    private const int TtlShare = 16;
    private static readonly TimeSpan _slackMax = TimeSpan.FromHours(1);

    private readonly SegmentTables _tables = new();
    private ExpiryCut _cut;
    private bool _mayExpire;
    private long _droppedCount;
    private long _droppedSizeBytes;

    /// <summary>The time by which rows expire.</summary>
    public EventClock Clock => publisher.Clock;

    /// <summary>From when on segments are written anew for the sake of a delete.</summary>
    public Timestamp DeadlineOf(long createdNs) => new((long)Int128.Min(
        (Int128)createdNs + ((Int128)options.ErasureDeadline.Ticks * TimeSpan.NanosecondsPerTick),
        long.MaxValue));

    public long DroppedCount => Volatile.Read(ref _droppedCount);

    public long DroppedSizeBytes => Volatile.Read(ref _droppedSizeBytes);

    /// <summary>Looks at the clock, and drops what is wholly expired or deleted. Until the next call the time
    /// stands still, so that work comes to an end.</summary>
    public void Drop(VersionSet versions)
    {
        _cut = new ExpiryCut(publisher.Clock.Read());
        _mayExpire = FindWhetherRowsMayExpire();
        StorageVersion version = versions.Acquire();
        try
        {
            List<SegmentReader> dropped =
            [
                .. version.SegmentsByShard.SelectMany(segments => segments.Where(
                    segment => IsExpired(segment) || IsDeleted(version.Tombstones, segment))),
            ];
            if (dropped.Count > 0)
            {
                publisher.Drop(dropped, new ManifestEdit());
                Volatile.Write(ref _droppedCount, _droppedCount + dropped.Count);
                Volatile.Write(
                    ref _droppedSizeBytes,
                    _droppedSizeBytes + dropped.Sum(static segment => segment.Info.SizeBytes));
            }
        }
        catch (ManifestFailedException exception)
        {
            // The rows are hidden all the same, and the next flush meets the manifest, and reports it.
            Trace.TraceWarning($"expired and deleted segments stay: {exception.Message}");
        }
        finally
        {
            version.Release();
        }
    }

    /// <summary>Whether a segment is to be written anew without its expired rows.</summary>
    /// <param name="segment">Which.</param>
    /// <param name="isFull">Whether any expired row is reason enough.</param>
    public bool IsDue(SegmentReader segment, bool isFull)
    {
        foreach (TableSpan span in FindTables(segment))
        {
            TableState table = catalog.GetTable(span.TableId);
            TimeRange gone = _cut.FindGone(table);
            long slackNs = isFull || table.IsDropped ? 0 : SlackNs(table.Schema.Options.Ttl);
            if (!gone.IsEmpty && (Int128)span.FirstNs + slackNs < gone.ToNs)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a merge of the segments leaves rows out.</summary>
    public bool HasAny(IEnumerable<SegmentReader> segments) => segments.Any(segment => IsDue(segment, true));

    /// <summary>Adds the times of a table's rows that merges leave out.</summary>
    public void FindRemoved(int tableId, List<TimeRange> target)
    {
        TimeRange gone = _cut.FindGone(catalog.GetTable(tableId));
        if (!gone.IsEmpty)
        {
            target.Add(gone);
        }
    }

    /// <summary>Whether a rollup may count rows that merges leave out.</summary>
    public bool IsOver(RollupFile file)
    {
        TimeRange gone = _cut.FindGone(catalog.GetTable(file.Entry.TableId));
        return gone.Overlaps(file.Entry.Range.FromNs, file.Entry.Range.LastNs);
    }

    private bool IsExpired(SegmentReader segment)
    {
        foreach (TableSpan span in FindTables(segment))
        {
            if (!_cut.FindGone(catalog.GetTable(span.TableId)).Covers(span.FirstNs, span.LastNs))
            {
                return false;
            }
        }

        return _mayExpire;
    }

    /// <summary>Whether deletes of whole tables' spans, by their ranges alone, take every row.</summary>
    private bool IsDeleted(TombstoneSet tombstones, SegmentReader segment)
    {
        // Most segments hold nothing deleted: their tables are not looked up.
        if (!IsAnyDeleted(tombstones, segment))
        {
            return false;
        }

        ReadOnlySpan<TableSpan> spans = _tables.Find(segment);
        foreach (TableSpan span in spans)
        {
            if (!IsDeleted(tombstones, segment, span))
            {
                return false;
            }
        }

        return !spans.IsEmpty;
    }

    private static bool IsDeleted(TombstoneSet tombstones, SegmentReader segment, TableSpan span)
    {
        foreach (Tombstone tombstone in tombstones.Items)
        {
            if (IsOfTable(tombstone, segment) && tombstone.TableId == span.TableId
                && tombstone.Range.Covers(span.FirstNs, span.LastNs))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAnyDeleted(TombstoneSet tombstones, SegmentReader segment)
    {
        foreach (Tombstone tombstone in tombstones.Items)
        {
            if (IsOfTable(tombstone, segment)
                && tombstone.Range.Overlaps(segment.Info.MinTimestampNs, segment.Info.MaxTimestampNs))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOfTable(Tombstone tombstone, SegmentReader segment) =>
        tombstone.Series is null && tombstone.Masks((ulong)segment.Identity.MaxLsn, segment.AppliedLsn);

    /// <summary>Nothing where no table expires: finding out what a segment holds takes time.</summary>
    private ReadOnlySpan<TableSpan> FindTables(SegmentReader segment) =>
        _mayExpire ? _tables.Find(segment) : [];

    private bool FindWhetherRowsMayExpire()
    {
        for (int tableId = 1; tableId <= catalog.TableCount; tableId++)
        {
            if (!_cut.FindGone(catalog.GetTable(tableId)).IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    private long SlackNs(TimeSpan? ttl)
    {
        TimeSpan least = (ttl ?? TimeSpan.Zero) / TtlShare;
        least = least < _slackMax ? least : _slackMax;
        TimeSpan slack = options.ErasureDeadline > least ? options.ErasureDeadline : least;
        return slack.Ticks * TimeSpan.NanosecondsPerTick;
    }
}
