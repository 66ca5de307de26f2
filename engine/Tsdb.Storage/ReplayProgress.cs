namespace Tsdb.Storage;

/// <summary>How far the replay of the log after a start has come.</summary>
/// <param name="ReplayedSizeBytes">Bytes of frames whose rows are back.</param>
/// <param name="SizeBytes">Bytes of all frames to be replayed.</param>
/// <param name="ReplayedRowCount">Rows that are back.</param>
/// <param name="RowCount">Rows of all frames to be replayed.</param>
/// <param name="Remaining">How long it takes yet at the present pace; null when there is none so far.</param>
public sealed record ReplayProgress(
    long ReplayedSizeBytes, long SizeBytes, long ReplayedRowCount, long RowCount, TimeSpan? Remaining);
