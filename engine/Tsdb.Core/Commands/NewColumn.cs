namespace Tsdb.Core.Commands;

/// <summary>A column of a table to be made.</summary>
/// <param name="Name">In its exact case.</param>
/// <param name="Type">Type of a field; null for a tag.</param>
public sealed record NewColumn(string Name, ColumnType? Type);
