namespace Tsdb.Core.Commands;

/// <summary>Makes a table before its first row comes.</summary>
/// <param name="Name">In its exact case.</param>
/// <param name="Columns">Tags and fields, in order; the time column is not among them.</param>
/// <param name="Options">What is set on it.</param>
public sealed record CreateTable(
    string Name, IReadOnlyList<NewColumn> Columns, TableOptions Options) : Command;
