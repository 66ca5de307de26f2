using Tsdb.Core;

namespace Tsdb.Engine;

/// <summary>What became of one write request.</summary>
/// <param name="RowsStored">Rows that are stored, with the durability asked for.</param>
/// <param name="RowsRejected">Lines or rows that were refused; the others are stored all the same.</param>
/// <param name="Rejects">The first of the refusals, in the order found; at most
/// <see cref="RejectLog.EntryCountMax"/>.</param>
/// <param name="Durability">What the acknowledgement promises.</param>
public sealed record WriteOutcome(
    long RowsStored, int RowsRejected, IReadOnlyList<RowReject> Rejects, Durability Durability);
