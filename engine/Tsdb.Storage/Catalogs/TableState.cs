using Tsdb.Core;
using Tsdb.Storage.Indexing;

namespace Tsdb.Storage.Catalogs;

/// <summary>What the catalog keeps of one table: its present schema and its series.</summary>
/// <remarks>Changed under the catalog's lock only; readers take <see cref="Schema"/> and
/// <see cref="Tags"/>.</remarks>
internal sealed class TableState(int tableId, string name, TableTags tags)
{
    private TableSchema _schema = new(tableId, name, [], []);
    private bool _isDropped;
    private TableLimits _limits = TableLimits.None;

    public TableSchema Schema => Volatile.Read(ref _schema);

    public TableTags Tags { get; } = tags;

    /// <summary>Whether it is gone. Set before its name and its series' keys are free: what was looked up
    /// while it was not set belongs to this table.</summary>
    public bool IsDropped => Volatile.Read(ref _isDropped);

    public void Drop() => Volatile.Write(ref _isDropped, true);

    public void SetOptions(TableOptions options) => Publish(Schema with { Options = options });

    /// <summary>What the table may hold, where that differs from the options.</summary>
    public TableLimits Limits
    {
        get => Volatile.Read(ref _limits);
        set => Volatile.Write(ref _limits, value);
    }

    /// <summary>Series created since the start, within the last hour.</summary>
    public RecentCount NewSeries { get; } = new();

    /// <summary>The same of each tag key's values.</summary>
    public List<RecentCount> NewValues { get; } = [];

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

    /// <summary>The number of the next tier.</summary>
    public int NextRollupId { get; private set; } = 1;

    public void AddRollup(RollupDefinition rollup)
    {
        Invariant.Holds(rollup.RollupId == NextRollupId);
        NextRollupId++;
        Publish(Schema with { Rollups = [.. Schema.Rollups, rollup] });
    }

    public void DropRollup(int rollupId) => Publish(
        Schema with { Rollups = [.. Schema.Rollups.Where(rollup => rollup.RollupId != rollupId)] });

    public void AddTagKey(string key)
    {
        Tags.AddKey(key);
        NewValues.Add(new RecentCount());
        Publish(Schema with { TagKeys = [.. Schema.TagKeys, key] });
    }

    private void Publish(TableSchema schema) => Volatile.Write(ref _schema, schema);
}
