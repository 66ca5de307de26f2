using System.Diagnostics.CodeAnalysis;
using Tsdb.Core;
using Tsdb.Storage.Catalogs;

namespace Tsdb.Storage;

/// <summary>The tables of one database. Thread safe; what it returns is immutable.</summary>
public sealed class Catalog
{
    private readonly CatalogStore _store;

    internal Catalog(CatalogStore store) => _store = store;

    /// <summary>All tables, in order of creation.</summary>
    public IReadOnlyList<TableSchema> Tables => _store.Tables;

    /// <summary>Series of all tables.</summary>
    public int SeriesCount => _store.SeriesCount;

    /// <summary>The series by their keys as sent: for whoever makes batches for this database.</summary>
    public ISeriesKeys SeriesKeys => _store.Keys;

    /// <summary>Finds a table by its exact name.</summary>
    public bool TryGetTable(string name, [NotNullWhen(true)] out TableSchema? table)
    {
        table = _store.FindTable(name)?.Schema;
        return table is not null;
    }

    /// <summary>The table's series and tags as they stand now; later series are not in it.</summary>
    public TagIndex GetTags(TableSchema table) => _store.GetTable(table.TableId).Tags.OpenView();
}
