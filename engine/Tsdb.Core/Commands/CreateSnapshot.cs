namespace Tsdb.Core.Commands;

/// <summary>Makes a snapshot of the database as it is.</summary>
/// <param name="Name">What to call it.</param>
public sealed record CreateSnapshot(string Name) : Command;
