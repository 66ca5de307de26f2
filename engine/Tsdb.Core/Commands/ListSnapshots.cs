namespace Tsdb.Core.Commands;

/// <summary>Answers with the database's snapshots. Changes nothing.</summary>
public sealed record ListSnapshots : Command;
