using Tsdb.Core;

namespace Tsdb.Storage;

/// <summary>
/// A column became a float column after a reader was made for it as an integer column: run the query again.
/// </summary>
/// <param name="key">The column.</param>
public sealed class SchemaChangedException(ColumnKey key)
    : InvalidOperationException($"the type of column {key.ColumnId} changed while it was being read")
{
    /// <summary>The column.</summary>
    public ColumnKey Key { get; } = key;
}
