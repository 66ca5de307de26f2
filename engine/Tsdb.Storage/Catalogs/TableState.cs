using Tsdb.Core;
using Tsdb.Storage.Indexing;

namespace Tsdb.Storage.Catalogs;

/// <summary>What the catalog keeps of one table: its present schema and its series.</summary>
/// <remarks>Changed under the catalog's lock only; readers take <see cref="Schema"/> and
/// <see cref="Tags"/>.</remarks>
internal sealed class TableState(int tableId, string name, TableTags tags)
{
    private TableSchema _schema = new(tableId, name, [], []);

    public TableSchema Schema => Volatile.Read(ref _schema);

    public TableTags Tags { get; } = tags;

    public void AddColumn(ColumnSchema column)
    {
        Invariant.Holds(column.ColumnId == Schema.Columns.Count + 1);
        Publish(Schema with { Columns = [.. Schema.Columns, column] });
    }

    public void SetColumnType(int columnId, ColumnType type)
    {
        ColumnSchema[] columns = [.. Schema.Columns];
        columns[columnId - 1] = columns[columnId - 1] with { Type = type };
        Publish(Schema with { Columns = columns });
    }

    public void AddTagKey(string key)
    {
        Tags.AddKey(key);
        Publish(Schema with { TagKeys = [.. Schema.TagKeys, key] });
    }

    private void Publish(TableSchema schema) => Volatile.Write(ref _schema, schema);
}
