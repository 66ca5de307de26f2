namespace Tsdb.Client;

/// <summary>What became of a write.</summary>
/// <param name="RowsStored">Rows stored, as durable as asked.</param>
/// <param name="RowsRejected">Rows refused.</param>
/// <param name="Rejects">The first of the refusals, at most 100.</param>
public sealed record TsdbWriteOutcome(
    long RowsStored, long RowsRejected, IReadOnlyList<TsdbReject> Rejects);
