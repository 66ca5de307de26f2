namespace Tsdb.Core.Commands;

/// <summary>Removes a snapshot.</summary>
/// <param name="Name">Its name.</param>
public sealed record DropSnapshot(string Name) : Command;
