using Tsdb.Core;

namespace Tsdb.Storage;

/// <summary>One field column of a table.</summary>
/// <param name="ColumnId">Its number within the table, from 1, never reused.</param>
/// <param name="Name">As first written.</param>
/// <param name="Type">Type of its values; older blocks may hold a narrower one (Int64 under Float64).</param>
public sealed record ColumnSchema(int ColumnId, string Name, ColumnType Type);
