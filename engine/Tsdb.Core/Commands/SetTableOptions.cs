namespace Tsdb.Core.Commands;

/// <summary>Replaces what is set on a table.</summary>
/// <param name="TableId">Which.</param>
/// <param name="Options">What holds from now on.</param>
public sealed record SetTableOptions(int TableId, TableOptions Options) : Command;
