using System.Diagnostics.CodeAnalysis;
using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Reading;

namespace Tsdb.Storage;

/// <summary>The tables of one database. Thread safe; what it returns is immutable.</summary>
public sealed class Catalog
{
    private readonly CatalogStore _store;

    internal Catalog(CatalogStore store)
    {
        _store = store;
        SegmentSeries = new SegmentSeriesCache(store);
    }

    /// <summary>All tables, in order of creation.</summary>
    public IReadOnlyList<TableSchema> Tables => _store.Tables;

    /// <summary>Series of all tables.</summary>
    public int SeriesCount => _store.SeriesCount;

    /// <summary>The series by their keys as sent: for whoever makes batches for this database.</summary>
    public ISeriesKeys SeriesKeys => _store.Keys;

    /// <summary>Bytes of native memory that tags and series take.</summary>
    public long SizeBytes => _store.Memory.UsedBytes;

    /// <summary>Series that came within the last hour, since the start at most.</summary>
    public long NewSeriesCount
    {
        get
        {
            long count = 0;
            List<TagCardinality> ofTable = [];
            foreach (TableSchema table in Tables)
            {
                ofTable.Clear();
                _store.AddCardinality(_store.GetTable(table.TableId), ofTable);
                count += ofTable[0].NewSeriesCount;
            }

            return count;
        }
    }

    /// <summary>Rows refused since the start because their series would have exceeded a limit.</summary>
    public long RefusalCount => _store.RefusalCount;

    internal SegmentSeriesCache SegmentSeries { get; }

    /// <summary>The greatest number known to be durable of a sender's numbered stream; 0 when none
    /// is.</summary>
    public ulong FindStreamSequence(string streamId) => _store.Streams.Find(streamId);

    /// <summary>Finds a table by its exact name.</summary>
    public bool TryGetTable(string name, [NotNullWhen(true)] out TableSchema? table)
    {
        table = _store.FindTable(name)?.Schema;
        return table is not null;
    }

    /// <summary>The table's series and tags as they stand now; later series are not in it.</summary>
    public TagIndex GetTags(TableSchema table) => _store.GetTable(table.TableId).Tags.OpenView();

    /// <summary>
    /// What brings most series: for each tag key its values and series, most series first, then most values.
    /// </summary>
    /// <param name="table">Of this table only; null for all.</param>
    public IReadOnlyList<TagCardinality> GetCardinality(TableSchema? table = null)
    {
        List<TagCardinality> found = [];
        foreach (TableSchema each in table is null ? Tables : [table])
        {
            _store.AddCardinality(_store.GetTable(each.TableId), found);
        }

        return
        [
            .. found
                .OrderByDescending(static item => item.SeriesCount)
                .ThenByDescending(static item => item.ValueCount)
                .ThenBy(static item => item.Table, StringComparer.Ordinal)
                .ThenBy(static item => item.TagKey, StringComparer.Ordinal),
        ];
    }
}
