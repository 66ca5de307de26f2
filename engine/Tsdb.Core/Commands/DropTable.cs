namespace Tsdb.Core.Commands;

/// <summary>Removes a table with all its rows. Its name is free at once, its id is never given
/// again.</summary>
/// <param name="TableId">Which.</param>
public sealed record DropTable(int TableId) : Command;
