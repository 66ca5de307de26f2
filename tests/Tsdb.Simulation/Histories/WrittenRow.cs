namespace Tsdb.Simulation.Histories;

/// <summary>One row as a sender gives it.</summary>
/// <param name="Series">Whose it is.</param>
/// <param name="TimestampNs">Its event time.</param>
/// <param name="Cells">At least one, no name twice.</param>
internal sealed record WrittenRow(
    SeriesName Series, long TimestampNs, IReadOnlyList<KeyValuePair<CellName, CellValue>> Cells);
