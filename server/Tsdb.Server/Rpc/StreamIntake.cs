using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Query.Arrow.Reading;
using Tsdb.Server.Faults;
using Durability = Tsdb.Core.Durability;

namespace Tsdb.Server.Rpc;

/// <summary>Decodes the batches of one connection of a numbered stream, and queues them in their
/// order.</summary>
internal sealed class StreamIntake : IDisposable
{
    private readonly WritePath _writes;
    private readonly string _streamId;
    private readonly Durability _durability;
    private readonly ArrowSampleDecoder _stream;
    private readonly MemoryHold _memory;
    private ulong _lastSequence;

    public StreamIntake(
        Database database, string streamId, ArrowSampleOptions options, Durability durability)
    {
        _writes = database.Writes;
        _streamId = streamId;
        _durability = durability;
        _stream = new ArrowSampleDecoder(options);
        _memory = database.Writes.BeginHold();
        DurableSequence = streamId.Length > 0 ? database.Storage.Catalog.FindStreamSequence(streamId) : 0;
    }

    /// <summary>The greatest number known to be durable when the connection was opened.</summary>
    public ulong DurableSequence { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        _stream.Dispose();
        _memory.Dispose();
    }

    /// <summary>Takes one batch; waits while the commit queue is full.</summary>
    /// <exception cref="ArrowInputException">It cannot be read.</exception>
    public async ValueTask<StreamBatch> TakeAsync(StreamMessage request, CancellationToken cancellation)
    {
        if (request.Open is not null || request.Sequence <= _lastSequence)
        {
            throw new RequestFaultException(
                FaultKind.Invalid,
                $"batch {request.Sequence} after batch {_lastSequence}: numbers ascend, and only the first "
                + "message opens the stream");
        }

        _lastSequence = request.Sequence;
        _stream.RowCount = 0;
        _memory.Set(request.Ipc.Length + _stream.CapacityBytes);
        _stream.Feed(request.Ipc);
        StreamBatch batch = new(request.Sequence, request.Ipc.Length);
        if (request.Sequence <= DurableSequence)
        {
            // Read all the same: dictionaries hold for the batches after it.
            await PassOverAsync(cancellation);
        }
        else
        {
            await WriteAsync(batch, cancellation);
        }

        _memory.Set(_stream.CapacityBytes);
        return _stream.IsInsideMessage
            ? throw new ArrowInputException($"batch {request.Sequence} ends inside an Arrow message")
            : batch;
    }

    private async ValueTask PassOverAsync(CancellationToken cancellation)
    {
        BatchWrite write = await _writes.BeginBatchAsync(cancellation);
        try
        {
            while (_stream.TryRead(write.Batch, write.Rejects))
            {
                write.Rejects.Clear();
            }
        }
        finally
        {
            write.Discard();
        }
    }

    // One batch may be written in several parts; the last of them, or an empty one, says that all have come.
    private async ValueTask WriteAsync(StreamBatch batch, CancellationToken cancellation)
    {
        BatchWrite? write = null;
        bool isMarked = _streamId.Length == 0;
        try
        {
            write = await _writes.BeginBatchAsync(cancellation);
            while (_stream.TryRead(write.Batch, write.Rejects))
            {
                BatchWrite part = write;
                if (_stream.IsDrained && !isMarked)
                {
                    part.Batch.Position = new StreamPosition(_streamId, batch.Sequence);
                    isMarked = true;
                }

                write = null;
                batch.Parts.Add(await part.EnqueueAsync(_durability, cancellation));
                write = await _writes.BeginBatchAsync(cancellation);
            }

            if (!isMarked)
            {
                BatchWrite mark = write;
                write = null;
                mark.Batch.Clear();
                mark.Batch.Position = new StreamPosition(_streamId, batch.Sequence);
                batch.Parts.Add(await mark.EnqueueAsync(_durability, cancellation));
            }
        }
        finally
        {
            write?.Discard();
        }
    }
}
