using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Query.Arrow.Reading;

namespace Tsdb.Server.Rpc;

/// <summary>
/// One write request that comes as an Arrow stream: each record batch is on its way to the log while the
/// next one is still being received.
/// </summary>
internal sealed class ArrowWrite(WritePath writes, ArrowSampleOptions options, Durability durability)
    : IDisposable
{
    private const int InFlightCountMax = 4;

    private readonly ArrowSampleDecoder _stream = new(options);
    private readonly MemoryHold _memory = writes.BeginHold();
    private readonly Queue<Task<WriteOutcome>> _inFlight = new();
    private readonly List<RowReject> _rejects = [];
    private bool _hasStarted;
    private long _rowsStored;
    private long _rowsRejected;

    /// <summary>Bytes received.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Takes a piece of the stream; waits while too much is under way.</summary>
    /// <exception cref="ArrowInputException">The stream cannot be read; the rows before are stored, and
    /// counted in the message.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellation)
    {
        try
        {
            await ReadAsync(piece, cancellation);
        }
        catch (ArrowInputException fault)
        {
            await CompleteAllAsync(cancellation);
            if (_rowsStored == 0)
            {
                throw;
            }

            throw new ArrowInputException(
                $"{fault.Message}; the {_rowsStored} rows before it are stored", fault);
        }
    }

    /// <summary>Completes when every row is as durable as asked.</summary>
    /// <exception cref="ArrowInputException">The stream ended inside a message, or before its
    /// schema.</exception>
    public async ValueTask<WriteOutcome> CommitAsync(CancellationToken cancellation)
    {
        await CompleteAllAsync(cancellation);
        if (_stream.IsInsideMessage || !(_hasStarted || _stream.IsEnded))
        {
            throw new ArrowInputException(
                $"the Arrow stream ended early, after {_stream.RowCount} rows; {_rowsStored} of them are "
                + "stored");
        }

        int rowsRejected = (int)Math.Min(int.MaxValue, _rowsRejected);
        return new WriteOutcome(_rowsStored, rowsRejected, _rejects, durability);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stream.Dispose();
        _memory.Dispose();
    }

    private async ValueTask ReadAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellation)
    {
        SizeBytes += piece.Length;
        _memory.Set(piece.Length + _stream.CapacityBytes);
        _stream.Feed(piece);
        BatchWrite? write = null;
        try
        {
            write = await writes.BeginBatchAsync(cancellation);
            while (_stream.TryRead(write.Batch, write.Rejects))
            {
                if (_inFlight.Count >= InFlightCountMax)
                {
                    await CompleteOldestAsync();
                }

                BatchWrite filled = write;
                write = null;
                _inFlight.Enqueue(await filled.EnqueueAsync(durability, cancellation));
                write = await writes.BeginBatchAsync(cancellation);
            }
        }
        finally
        {
            _hasStarted |= _stream.HasSchema;
            write?.Discard();
        }
    }

    private async ValueTask CompleteAllAsync(CancellationToken cancellation)
    {
        while (_inFlight.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            await CompleteOldestAsync();
        }
    }

    private async ValueTask CompleteOldestAsync()
    {
        WriteOutcome outcome = await _inFlight.Dequeue();
        _rowsStored += outcome.RowsStored;
        _rowsRejected += outcome.RowsRejected;
        _rejects.AddRange(outcome.Rejects.Take(RejectLog.EntryCountMax - _rejects.Count));
    }
}
