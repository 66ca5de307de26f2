namespace Tsdb.EndToEnd.Kills;

/// <summary>Rows that went out in one request, numbered on and on by their writer.</summary>
/// <param name="FirstNumber">Number of the first row.</param>
/// <param name="RowCount">How many.</param>
/// <param name="IsAcknowledged">Whether the server said that it has them.</param>
internal sealed record SentBatch(long FirstNumber, int RowCount, bool IsAcknowledged);
