namespace Tsdb.Core.Commands;

/// <summary>Removes a tier of a table. Queries read raw rows at once; its files go in the
/// background.</summary>
/// <param name="TableId">Which table.</param>
/// <param name="EveryNs">Length of the tier's bucket, ns.</param>
public sealed record DropRollup(int TableId, long EveryNs) : Command;
