namespace Tsdb.Core.Commands;

/// <summary>Adds a tier to a table; it is built in the background.</summary>
/// <param name="TableId">Which table.</param>
/// <param name="EveryNs">Length of a bucket, ns; divides a day.</param>
/// <param name="ColumnIds">The fields it is for, ascending; null for all that are numbers.</param>
public sealed record CreateRollup(int TableId, long EveryNs, IReadOnlyList<int>? ColumnIds) : Command;
