using Tsdb.Core;

namespace Tsdb.Client;

/// <summary>What a <see cref="TsdbWriter"/> writes. Immutable.</summary>
public sealed record TsdbWriterSchema
{
    internal const string TimeColumn = "ts";
    internal const string TagSetColumn = "tsdb.tagset";

    /// <summary>Makes a schema.</summary>
    /// <param name="table">The table, created on first use.</param>
    /// <param name="tags">Keys of the tags that tell series apart; may be empty.</param>
    /// <param name="fields">The field columns, at least one.</param>
    /// <exception cref="ArgumentException">A name is empty or comes twice, or a field has no
    /// type.</exception>
    public TsdbWriterSchema(string table, IReadOnlyList<string> tags, IReadOnlyList<TsdbField> fields)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        ArgumentNullException.ThrowIfNull(tags);
        ArgumentNullException.ThrowIfNull(fields);
        HashSet<string> names = new(StringComparer.Ordinal) { TimeColumn, TagSetColumn };
        foreach (string name in tags.Concat(fields.Select(static field => field.Name)))
        {
            if (string.IsNullOrEmpty(name) || !names.Add(name))
            {
                throw new ArgumentException($"the name '{name}' is empty, comes twice or is reserved");
            }
        }

        if (fields.Count == 0 || fields.Any(static field => field.Type == ColumnType.None))
        {
            throw new ArgumentException("at least one field, each with a type", nameof(fields));
        }

        Table = table;
        Tags = tags;
        Fields = fields;
    }

    /// <summary>The table.</summary>
    public string Table { get; }

    /// <summary>Keys of the tags.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>The field columns.</summary>
    public IReadOnlyList<TsdbField> Fields { get; }
}
