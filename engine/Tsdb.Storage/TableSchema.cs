using Tsdb.Core;

namespace Tsdb.Storage;

/// <summary>A table as it stood at one moment. Immutable; a change makes a new one.</summary>
/// <param name="TableId">Its number within the database, from 1, never reused.</param>
/// <param name="Name">As first written.</param>
/// <param name="Columns">Field columns, in order of creation.</param>
/// <param name="TagKeys">Tag keys, in order of creation; the place is the tag key's index.</param>
public sealed record TableSchema(
    int TableId,
    string Name,
    IReadOnlyList<ColumnSchema> Columns,
    IReadOnlyList<string> TagKeys)
{
    /// <summary>What is set on it.</summary>
    public TableOptions Options { get; init; } = TableOptions.None;

    /// <summary>Its tiers, in order of creation.</summary>
    public IReadOnlyList<RollupDefinition> Rollups { get; init; } = [];

    /// <summary>The column of that name, or null.</summary>
    public ColumnSchema? FindColumn(string name) => FindColumn(name.AsSpan());

    /// <summary>As <see cref="FindColumn(string)"/>; allocates nothing.</summary>
    public ColumnSchema? FindColumn(ReadOnlySpan<char> name)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            if (name.SequenceEqual(Columns[i].Name))
            {
                return Columns[i];
            }
        }

        return null;
    }
}
