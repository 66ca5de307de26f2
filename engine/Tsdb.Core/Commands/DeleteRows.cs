namespace Tsdb.Core.Commands;

/// <summary>
/// Deletes the rows of some series in a span of time: those acknowledged before it; rows that come later
/// stay, under the same keys too.
/// </summary>
/// <param name="TableId">Which table.</param>
/// <param name="Range">Rows outside stay.</param>
/// <param name="Series">Which of its series, ascending, each once; null for all.</param>
public sealed record DeleteRows(int TableId, TimeRange Range, IReadOnlyList<SeriesId>? Series) : Command;
