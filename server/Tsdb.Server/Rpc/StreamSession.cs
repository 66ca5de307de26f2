using System.Threading.Channels;
using Grpc.Core;
using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Protocol.V1;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Rpc;

/// <summary>
/// One connection of a sender's numbered stream: batches are decoded and queued in the order in which they
/// come, and acknowledged in that order once they are durable. Of batches not acknowledged there are never
/// more than the window: then nothing is read, and the transport holds the sender back.
/// </summary>
internal sealed class StreamSession
{
    private readonly int _windowCount;
    private readonly ServerMetrics _metrics;
    private readonly StreamIntake _intake;
    private readonly Channel<StreamBatch> _unacknowledged;

    public StreamSession(StreamIntake intake, int windowCount, ServerMetrics metrics)
    {
        _intake = intake;
        _windowCount = windowCount;
        _metrics = metrics;
        _unacknowledged = Channel.CreateBounded<StreamBatch>(
            new BoundedChannelOptions(windowCount) { SingleReader = true, SingleWriter = true });
    }

    /// <summary>Serves the connection to its end.</summary>
    /// <exception cref="Query.Arrow.Reading.ArrowInputException">A batch cannot be read; those before it are
    /// acknowledged.</exception>
    public async Task RunAsync(
        IAsyncStreamReader<StreamMessage> requests,
        IServerStreamWriter<StreamReply> replies,
        CancellationToken cancellation)
    {
        await replies.WriteAsync(
            new StreamReply
            {
                Opened = new StreamOpened
                {
                    DurableSequence = _intake.DurableSequence,
                    Window = (uint)_windowCount,
                },
            },
            cancellation);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task receiving = ReceiveAsync(requests, stop.Token);
        try
        {
            await AcknowledgeAsync(replies, cancellation);
        }
        finally
        {
            // When the acknowledging failed, the receiving is over too; its own end was reported already.
            await stop.CancelAsync();
            await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await receiving;
    }

    private async Task ReceiveAsync(
        IAsyncStreamReader<StreamMessage> requests, CancellationToken cancellation)
    {
        try
        {
            while (await requests.MoveNext(cancellation))
            {
                using StreamMessage message = requests.Current;
                StreamBatch batch = await _intake.TakeAsync(message, cancellation);
                await _unacknowledged.Writer.WriteAsync(batch, cancellation);
            }
        }
        finally
        {
            // What was queued is still acknowledged; then the caller sees how this ended.
            _unacknowledged.Writer.Complete();
        }
    }

    private async Task AcknowledgeAsync(
        IServerStreamWriter<StreamReply> replies, CancellationToken cancellation)
    {
        ChannelReader<StreamBatch> batches = _unacknowledged.Reader;
        while (await batches.WaitToReadAsync(cancellation))
        {
            StreamAck ack = new();
            while (batches.TryPeek(out StreamBatch? batch) && (ack.Sequence == 0 || batch.IsComplete))
            {
                ack.Outcomes.Add(await CompleteAsync(batch));
                ack.Sequence = batch.Sequence;
                batches.TryRead(out _);
            }

            await replies.WriteAsync(new StreamReply { Ack = ack }, cancellation);
        }
    }

    private async Task<StreamOutcome> CompleteAsync(StreamBatch batch)
    {
        StreamOutcome reply = new() { Sequence = batch.Sequence };
        foreach (Task<WriteOutcome> part in batch.Parts)
        {
            WriteOutcome outcome = await part;
            _metrics.CountWrite(outcome, reply.RowsStored == 0 ? batch.SizeBytes : 0);
            reply.RowsStored += outcome.RowsStored;
            reply.RowsRejected += outcome.RowsRejected;
            foreach (RowReject reject in outcome.Rejects.Take(RejectLog.EntryCountMax - reply.Rejects.Count))
            {
                reply.Rejects.Add(WriteReplies.ToWire(reject));
            }
        }

        return reply;
    }
}
