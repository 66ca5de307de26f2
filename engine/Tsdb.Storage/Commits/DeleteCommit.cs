using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Deletes;
using Tsdb.Storage.Expiry;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Commits;

/// <summary>
/// Deletes rows: a record in the log, so that the delete has its place among the rows; then the manifest, so
/// that it holds; then the version, so that readers see it. Only then is it acknowledged.
/// </summary>
/// <remarks>The commit thread's.</remarks>
internal sealed class DeleteCommit(
    CatalogStore catalog,
    StorageOptions options,
    CommitLog log,
    SegmentPublisher publisher,
    VersionSet versions,
    Action onDeleted)
{
    private readonly FrameWriter _frame = new();

    /// <param name="delete">Which rows.</param>
    /// <param name="active">The memtable of the commits so far; replaced if it holds some of the rows: a
    /// memtable is wholly before a delete, or holds nothing of what it deletes.</param>
    /// <exception cref="StorageClosedException">The manifest cannot be written: nothing is deleted, and the
    /// same delete may be asked for again. Only if the process ends before the manifest is written again may
    /// the next start find it done, and then all of it.</exception>
    public CommandOutcome Run(DeleteRows delete, ref Memtable active)
    {
        TableState table = catalog.GetTable(delete.TableId);
        if (table.IsDropped)
        {
            return new CommandOutcome(CommandStatus.TableMissing);
        }

        int seriesCount = delete.Series?.Count ?? table.Tags.SeriesCount;
        if (seriesCount == 0 || delete.Range.IsEmpty)
        {
            return new CommandOutcome(CommandStatus.Done);
        }

        if (versions.TombstoneCount >= options.PendingDeleteCountMax)
        {
            return new CommandOutcome(CommandStatus.TooManyDeletes);
        }

        _frame.Clear();
        _frame.AddDelete(delete);
        ulong lsn = log.Append(_frame.Payload.Span, syncs: true);
        uint[]? series = delete.Series is null ? null : [.. delete.Series.Select(static id => id.Value)];
        Tombstone tombstone = new(
            lsn, delete.TableId, delete.Range, Timestamp.Now(log.Clock).UnixNs, series);
        Memtable? next = MayHold(active, delete, table) ? active.CreateNext() : null;
        Publish(tombstone, next);
        active = next ?? active;
        onDeleted();
        return new CommandOutcome(CommandStatus.Done, seriesCount);
    }

    /// <summary>Before a table's rows may live longer: those that have expired by now are gone for good,
    /// whether or not they have left the files. Else what comes back would depend on which merges have run,
    /// and could be an older version of a row whose newer one was dropped.</summary>
    /// <exception cref="StorageClosedException">As <see cref="Run"/>.</exception>
    public CommandOutcome RunBefore(SetTableOptions change, ref Memtable active)
    {
        ExpiryCut cut = new(publisher.Clock.Read());
        TableState table = catalog.GetTable(change.TableId);
        long goneToNs = cut.FindKeptFromNs(table.Schema.Options);
        return goneToNs > cut.FindKeptFromNs(change.Options)
            ? Run(
                new DeleteRows(change.TableId, new TimeRange(long.MinValue, goneToNs), null), ref active)
            : new CommandOutcome(CommandStatus.Done);
    }

    private void Publish(Tombstone tombstone, Memtable? next)
    {
        try
        {
            publisher.PublishDelete(tombstone, next);
        }
        catch (ManifestFailedException failure)
        {
            // Whether it holds will be seen at the next start; until then it does not.
            next?.Dispose();
            throw new StorageClosedException($"the rows are not deleted: {failure.Message}", failure)
            {
                Refusal = StorageRefusal.ManifestFailed,
                RetryAfter = options.FaultRetryInterval,
            };
        }
    }

    private bool MayHold(Memtable memtable, DeleteRows delete, TableState table)
    {
        if (memtable.RowCount == 0)
        {
            return false;
        }

        if (delete.Series is not null)
        {
            return delete.Series.Any(series => MayHold(memtable, series, delete.Range));
        }

        TagIndex tags = table.Tags.OpenView();
        for (int ordinal = 0; ordinal < tags.SeriesCount; ordinal++)
        {
            if (MayHold(memtable, tags.GetSeries(ordinal), delete.Range))
            {
                return true;
            }
        }

        return false;
    }

    private bool MayHold(Memtable memtable, SeriesId series, TimeRange range)
    {
        MemtableShard shard = memtable.GetShard(catalog.ShardOf(series));
        return shard.FirstTail((int)(series.Value / (uint)catalog.ShardCount)) != 0
            && (shard.OccupiedWindows is not { } windows
                || windows.Any(window => Overlaps(window, range)));
    }

    private static bool Overlaps(long window, TimeRange range)
    {
        Int128 firstNs = (Int128)window * MemtableShard.WindowGridNs;
        return firstNs <= range.LastNs && firstNs + MemtableShard.WindowGridNs > range.FromNs;
    }
}
