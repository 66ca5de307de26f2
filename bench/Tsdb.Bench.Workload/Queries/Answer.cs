namespace Tsdb.Bench.Workload.Queries;

/// <summary>
/// A result in memory. Cells are null, long, double, bool, string, or <see cref="Instant"/>; so answers of
/// different
/// engines can be held against each other.
/// </summary>
internal sealed record Answer(string[] Columns, List<object?[]> Rows);
