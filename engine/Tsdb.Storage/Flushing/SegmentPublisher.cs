using Tsdb.Core;
using Tsdb.Storage.Deletes;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Expiry;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Flushing;

/// <summary>
/// The one place where segments come and go: their names are made durable, the manifest says so, and only
/// then readers see it. Flushes and merges run side by side; here they stand in line, so that what the
/// manifest says and what readers see change in the same order.
/// </summary>
/// <remarks>Thread safe.</remarks>
#pragma warning disable CA1506 // Files of every kind, deletes and the manifest meet here.
internal sealed class SegmentPublisher(
    IStorageDevice device, Manifest manifest, VersionSet versions, TimeProvider clock, StorageOptions options)
#pragma warning restore CA1506
{
    private readonly Lock _gate = new();

    /// <summary>The database's identity.</summary>
    public Guid DatabaseUuid => manifest.Current.DatabaseUuid;

    /// <summary>Keeps the indexes of the segments as long as there is memory.</summary>
    public required SegmentIndexCache Indexes { get; init; }

    /// <summary>The time by which rows expire; what it has reached is kept with each change by
    /// which rows go.</summary>
    public EventClock Clock { get; } = new(clock, options.ClockTolerance, manifest.Current.EventTimeNs);

    /// <summary>Gives the new files their numbers.</summary>
    public SegmentNames Names { get; } = new(manifest.Current.NextSegmentNumber);

    /// <summary>A memtable gives way to the segments that it was written to.</summary>
    /// <param name="flushed">The memtable.</param>
    /// <param name="written">Its segments, durable but for their names.</param>
    /// <param name="catalogLog">What the catalogue's log holds.</param>
    /// <returns>Every frame of the log up to this LSN is in segments.</returns>
    public ulong PublishFlush(
        Memtable flushed, IReadOnlyList<WrittenSegment> written, CatalogLogEntry catalogLog)
    {
        List<SegmentReader> added = Open(written);
        try
        {
            lock (_gate)
            {
                ulong flushedLsn = Math.Max(flushed.LastLsn, manifest.Current.FlushedLsnOfAllShards);
                ManifestEdit edit = EditOf(added, [])
                    .SetFlushedLsnOfAllShards(flushedLsn)
                    .SetKnownDurableLsn(flushedLsn)
                    .SetCatalogLog(catalogLog)
                    .SetEventTime(Clock.Read());
                manifest.Commit(edit);
                versions.CompleteFlush(flushed, added);
                return flushedLsn;
            }
        }
        finally
        {
            ReleaseAll(added);
        }
    }

    /// <summary>Segments give way to what they were merged into.</summary>
    /// <param name="merged">The inputs; the caller holds references.</param>
    /// <param name="written">The outputs, durable but for their names; none when nothing was left.</param>
    /// <param name="outdates">Which rollups over the inputs count rows that were left out and that no
    /// position in the log took away: they go with the inputs. Null when there are no such rows.</param>
    /// <returns>False when an input has gone meanwhile, dropped by someone else: nothing has changed then,
    /// and the outputs are the caller's to delete.</returns>
    /// <exception cref="ManifestFailedException">Whether the manifest names the outputs is open until a
    /// restart: they must stay.</exception>
    public bool TryPublishMerge(
        IReadOnlyList<SegmentReader> merged,
        IReadOnlyList<WrittenSegment> written,
        Predicate<RollupFile>? outdates = null)
    {
        List<SegmentReader> added = Open(written);
        try
        {
            lock (_gate)
            {
                if (!merged.All(IsLive))
                {
                    return false;
                }

                MergeFit.Check(versions, added, merged);
                ManifestEdit edit = EditOf(added, merged).SetEventTime(Clock.Read());
                if (outdates is null)
                {
                    manifest.Commit(edit);
                }
                else
                {
                    DropCount++;
                    CommitRollups(edit, [], RollupChanges.FindOver(versions, merged).FindAll(outdates), []);
                }

                Retire(added, merged);
                return true;
            }
        }
        finally
        {
            ReleaseAll(added);
        }
    }

    /// <summary>What the manifest says and the segments it names, held for the caller, who releases
    /// them.</summary>
    public (ManifestState State, StorageVersion Version) Pin()
    {
        lock (_gate)
        {
            return (manifest.Current, versions.Acquire());
        }
    }

    /// <summary>
    /// Takes segments away, those that are still there; their files go with their last reader.
    /// </summary>
    /// <param name="dropped">The caller holds references.</param>
    /// <param name="edit">Gets the removals, and is committed with them.</param>
    public void Drop(IReadOnlyList<SegmentReader> dropped, ManifestEdit edit)
    {
        lock (_gate)
        {
            List<SegmentReader> live = [.. dropped.Where(IsLive)];
            List<RollupFile> rollups = RollupChanges.FindOver(versions, live);
            foreach (SegmentReader segment in live)
            {
                edit.RemoveSegment(segment.Identity.SegmentNumber);
            }

            DropCount++;
            CommitRollups(edit.SetEventTime(Clock.Read()), [], rollups, live);
        }
    }

    /// <summary>Rows are deleted: the manifest knows it when this returns, and readers see it, all of it at
    /// once.</summary>
    /// <param name="tombstone">The delete; what the log holds up to its LSN is durable.</param>
    /// <param name="nextActive">Takes the commits from here on; null when the present memtable holds none of
    /// the rows and goes on.</param>
    public void PublishDelete(Tombstone tombstone, Memtable? nextActive)
    {
        lock (_gate)
        {
            ManifestEdit edit = new ManifestEdit()
                .SetKnownDurableLsn(tombstone.Lsn)
                .SetEventTime(Clock.Read());
            foreach (Tombstone repeated in manifest.Current.Tombstones.FindRepeated(tombstone))
            {
                edit.RemoveTombstone(repeated.Lsn);
            }

            ManifestState state = manifest.Commit(edit.AddTombstone(tombstone));
            versions.Delete(state.Tombstones, nextActive);
        }
    }

    /// <summary>Forgets deletes that are carried out everywhere.</summary>
    public void Forget(IReadOnlyList<ulong> lsns)
    {
        if (lsns.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            ManifestEdit edit = new();
            foreach (ulong lsn in lsns)
            {
                if (manifest.Current.Tombstones.Contains(lsn))
                {
                    edit.RemoveTombstone(lsn);
                }
            }

            List<RollupFile> rollups =
                RollupChanges.FindUnaware(versions, manifest.Current.Tombstones, lsns);
            foreach (RollupFile file in rollups)
            {
                edit.RemoveSegment(file.Segment.Identity.SegmentNumber);
            }

            DropCount++;
            TombstoneSet left = manifest.Commit(edit).Tombstones;
            foreach (RollupFile file in rollups)
            {
                file.Segment.MarkObsolete();
            }

            versions.Delete(left, nextActive: null, rollups);
        }
    }

    /// <summary>What the manifest says.</summary>
    public ManifestState Current => manifest.Current;

    /// <summary>Keeps what changes no file and no answer.</summary>
    /// <exception cref="ManifestFailedException">It is not kept.</exception>
    public void Keep(ManifestEdit edit) => manifest.Commit(edit);

    /// <summary>Every frame of the log up to it is in segments.</summary>
    public ulong FlushedLsn => manifest.Current.FlushedLsnOfAllShards;

    /// <summary>How often rows have gone other than by a delete in the log: a rollup that was begun before
    /// must not be published after.</summary>
    public long DropCount { get; private set; }

    /// <summary>A rollup takes the place of those of the same tier, shard and start.</summary>
    /// <param name="written">Its segment, durable but for its name.</param>
    /// <param name="entry">What it holds.</param>
    /// <param name="dropCount"><see cref="DropCount"/> before its rows were read.</param>
    /// <returns>False when rows have been dropped meanwhile: the file is the caller's to delete
    /// then.</returns>
    public bool TryPublishRollup(WrittenSegment written, RollupEntry entry, long dropCount)
    {
        List<SegmentReader> added = Open([written]);
        try
        {
            lock (_gate)
            {
                if (dropCount != DropCount)
                {
                    return false;
                }

                RollupFile file = new(added[0], entry);
                ManifestEdit edit = EditOf(added, []).DescribeRollup(entry);
                List<RollupFile> replaced =
                    RollupChanges.FindReplaced(versions, manifest.Current, file, edit);
                CommitRollups(edit, [file], replaced, []);
                return true;
            }
        }
        finally
        {
            ReleaseAll(added);
        }
    }

    /// <summary>Takes rollups away, those that are still there.</summary>
    public void DropRollups(Predicate<RollupFile> isDropped)
    {
        lock (_gate)
        {
            List<RollupFile> dropped = RollupChanges.Find(versions, isDropped);
            if (dropped.Count > 0)
            {
                CommitRollups(new ManifestEdit(), [], dropped, []);
            }
        }
    }

    private void CommitRollups(
        ManifestEdit edit, List<RollupFile> added, List<RollupFile> removed, List<SegmentReader> dropped)
    {
        foreach (RollupFile file in removed)
        {
            edit.RemoveSegment(file.Segment.Identity.SegmentNumber);
        }

        manifest.Commit(edit);
        foreach (RollupFile file in removed)
        {
            file.Segment.MarkObsolete();
        }

        foreach (SegmentReader segment in dropped)
        {
            segment.MarkObsolete();
        }

        versions.ChangeRollups(added, removed, dropped);
    }

    private bool IsLive(SegmentReader segment) =>
        manifest.Current.Segments.ContainsKey(segment.Identity.SegmentNumber);

    private void Retire(List<SegmentReader> added, IReadOnlyList<SegmentReader> removed)
    {
        foreach (SegmentReader segment in removed)
        {
            segment.MarkObsolete();
        }

        versions.CompleteCompaction(added, removed);
    }

    private ManifestEdit EditOf(List<SegmentReader> added, IReadOnlyList<SegmentReader> removed)
    {
        ManifestEdit edit = new ManifestEdit().SetNextSegmentNumber(Names.NextNumber);
        foreach (SegmentReader segment in added)
        {
            edit.AddSegment(SegmentEntries.Of(segment));
        }

        foreach (SegmentReader segment in removed)
        {
            edit.RemoveSegment(segment.Identity.SegmentNumber);
        }

        return edit;
    }

    private List<SegmentReader> Open(IReadOnlyList<WrittenSegment> written)
    {
        device.SyncDirectory(SegmentNames.Directory);
        List<SegmentReader> opened = [];
        try
        {
            foreach (WrittenSegment segment in written)
            {
                SegmentReader reader = SegmentReader.OpenWritten(
                    device, segment.Path, segment.Info, segment.Indexes);
                reader.AppliedLsn = segment.AppliedLsn;
                reader.UseCache(Indexes);
                opened.Add(reader);
            }

            Invariant.Holds(opened.Count == written.Count);
            return opened;
        }
        catch
        {
            ReleaseAll(opened);
            throw;
        }
    }

    private static void ReleaseAll(List<SegmentReader> segments)
    {
        foreach (SegmentReader segment in segments)
        {
            segment.Release();
        }
    }
}
