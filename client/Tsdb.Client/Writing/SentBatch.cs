namespace Tsdb.Client.Writing;

/// <summary>A batch that was sent or is about to be, kept until it is acknowledged.</summary>
/// <param name="sequence">Its number.</param>
/// <param name="rowCount">Its rows.</param>
/// <param name="message">Its record batch, as an Arrow message.</param>
/// <param name="layout">The schema that the message follows.</param>
/// <param name="seriesCount">Tag sets that must be known to read it.</param>
internal sealed class SentBatch(
    ulong sequence, int rowCount, ReadOnlyMemory<byte> message, BatchLayout layout, int seriesCount)
{
    // Continuations run elsewhere: the pump must not run a caller's code.
    private readonly TaskCompletionSource<TsdbWriteOutcome> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ulong Sequence => sequence;

    public int RowCount => rowCount;

    public ReadOnlyMemory<byte> Message => message;

    public BatchLayout Layout => layout;

    public int SeriesCount => seriesCount;

    /// <summary>Completes when the rows are durable.</summary>
    public Task<TsdbWriteOutcome> Completion => _completion.Task;

    public void Complete(TsdbWriteOutcome outcome)
    {
        if (outcome.RowsRejected == 0)
        {
            _completion.TrySetResult(outcome);
            return;
        }

        string first = outcome.Rejects.Count == 0
            ? ""
            : $"; row {outcome.Rejects[0].Line}: {outcome.Rejects[0].Reason} {outcome.Rejects[0].Detail}";
        _completion.TrySetException(new TsdbWriteException(
            $"batch {sequence}: {outcome.RowsRejected} rows refused, {outcome.RowsStored} stored{first}",
            outcome));
    }

    public void Fail(Exception reason) => _completion.TrySetException(reason);
}
