using Tsdb.Core;
using Tsdb.Storage.Deletes;
using Tsdb.Storage.Expiry;
using Tsdb.Storage.Recovery;
using Tsdb.Storage.Scrubbing;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage;

/// <summary>
/// The segments and memtables of one moment, kept alive until disposed. Rows committed later may show up as
/// long as
/// they went to the same memtable; none that were there vanish.
/// </summary>
/// <remarks>Thread safe: each thread makes readers of its own. Dispose after the last of them is
/// done.</remarks>
#pragma warning disable CA1506 // All that queries may ask of the files.
public sealed class StorageSnapshot : IDisposable
#pragma warning restore CA1506
{
    private readonly StorageVersion _version;
    private readonly Catalog _catalog;
    private readonly MissingRows? _missing;
    private readonly ExpiredRows _expired;
    private readonly Lazy<ExpiryCut> _cut;
    private int _isDisposed;

    internal StorageSnapshot(
        StorageVersion version, Catalog catalog, MissingRows? missing, ExpiredRows expired)
    {
        _expired = expired;
        // Only who reads a table with a time to live asks; all of a snapshot's readers get one answer.
        _cut = new Lazy<ExpiryCut>(() => new ExpiryCut(expired.Clock.Read()));
        _missing = missing;
        _version = version;
        _catalog = catalog;
    }

    /// <summary>Segments that could not be opened at the start; none of their rows is in the
    /// snapshot.</summary>
    public IReadOnlyList<DamagedSegment> DamagedSegments => _version.Damaged;

    /// <summary>What is known of damage; null where nobody verifies.</summary>
    internal ScrubFiles? Verified { get; init; }

    /// <summary>Parts of segments that are known to be damaged now, by file and offset.</summary>
    public IReadOnlyList<SegmentDamage> FindDamages() => Verified?.FindDamages() ?? [];

    /// <summary>Number of segments in the snapshot.</summary>
    public int SegmentCount => _version.SegmentsByShard.Sum(static segments => segments.Count);

    /// <summary>Deletes that are not carried out in all files yet, oldest first. O(deletes ×
    /// segments).</summary>
    public IReadOnlyList<PendingDelete> FindPendingDeletes()
    {
        List<PendingDelete> pending = [];
        foreach (Tombstone tombstone in _version.Tombstones.Items)
        {
            long sizeBytes = _version.SegmentsByShard.Sum(segments => segments
                .Where(segment => tombstone.Masks((ulong)segment.Identity.MaxLsn, segment.AppliedLsn)
                    && tombstone.Range.Overlaps(segment.Info.MinTimestampNs, segment.Info.MaxTimestampNs))
                .Sum(static segment => segment.Info.SizeBytes));
            pending.Add(new PendingDelete(
                tombstone.TableId,
                tombstone.Range,
                tombstone.Series?.Length,
                new Timestamp(tombstone.CreatedNs),
                _expired.DeadlineOf(tombstone.CreatedNs),
                sizeBytes));
        }

        return pending;
    }

    /// <summary>The table's series and tags as they stand now.</summary>
    public TagIndex FindTags(TableSchema table) => _catalog.GetTags(table);

    /// <summary>
    /// At least the table's series that have rows in a range, so that a query need not look at the others.
    /// What a segment holds is gathered when first asked for: O(its series), then O(segments of the range).
    /// </summary>
    public SeriesSet FindSeries(TableSchema table, TimeRange range)
    {
        ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
        TimeRange kept = Keep(table, range);
        _missing?.ThrowIfTouching(table.TableId, kept);
        return _catalog.SegmentSeries.Find(_version, table.TableId, kept);
    }

    /// <summary>Fails if the snapshot lacks rows of a table and a range, because they are still being brought
    /// back from the log. Readers ask themselves too; who asks first has not begun to answer.</summary>
    /// <exception cref="StorageClosedException">It does.</exception>
    public void RequireAllRows(TableSchema table, TimeRange range) =>
        _missing?.ThrowIfTouching(table.TableId, Keep(table, range));

    /// <summary>Makes a reader of some columns of one table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">What to read; cells of a column that is narrower in old blocks are
    /// widened.</param>
    public SeriesReader CreateReader(TableSchema table, IReadOnlyList<ColumnKey> columns)
    {
        ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
        ColumnType[] types = new ColumnType[columns.Count];
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = TypeOf(table, columns[i]);
        }

        TimeRange kept = Keep(table, TimeRange.All);
        return new SeriesReader(_version, [.. columns], types, table.TableId, _missing, kept);
    }

    /// <summary>Makes a reader of some columns of a tier.</summary>
    /// <param name="table">The table.</param>
    /// <param name="rollup">One of its tiers.</param>
    /// <param name="columnIds">Fields that the tier has, all numbers.</param>
    public RollupReader CreateRollupReader(
        TableSchema table, RollupDefinition rollup, IReadOnlyList<int> columnIds)
    {
        ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
        TimeRange kept = Keep(table, TimeRange.All);
        return new RollupReader(_version, table, rollup, columnIds, _missing, kept);
    }

    /// <summary>Whether a tier has buckets in a range, so that it is worth asking. O(files of all
    /// tiers).</summary>
    public bool HasRollup(TableSchema table, RollupDefinition rollup, TimeRange range) =>
        RollupState.HasBuckets(_version, table.TableId, rollup, range);

    /// <summary>How far a tier is built. O(its files × segments).</summary>
    public RollupState GetRollupState(TableSchema table, RollupDefinition rollup) =>
        RollupState.Read(_version, table.TableId, rollup);

    /// <inheritdoc />
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _version.Release();
        }
    }

    /// <summary>The part of a range that the table's time to live leaves.</summary>
    private TimeRange Keep(TableSchema table, TimeRange range) =>
        table.Options.Ttl is null ? range : _cut.Value.Keep(table.Options, range);

    private static ColumnType TypeOf(TableSchema table, ColumnKey key) => key.Kind switch
    {
        CellKind.Value or CellKind.Repaired => table.Columns[key.ColumnId - 1].Type,
        CellKind.RawTimestamp or CellKind.Arrival => ColumnType.Timestamp,
        _ => ColumnType.Int64,
    };
}
